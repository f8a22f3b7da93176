using Inception.Distributed.Sampling;

namespace Inception.Distributed.Tests.Sampling;

public class MixedOrderTests
{
    // Primes, and a source that is gone through several times an epoch beside one that takes several epochs.
    private static readonly SampleSources Sources = new([new(101, 1), new(13, 2), new(7, 0.5)]);

    [Fact]
    public void PerEpoch_IsTheWeightsPart_AndSumsUpToAnEpoch()
    {
        Sources.Count.ShouldBe(121);
        Quotas(Sources).ShouldBe([35, 69, 17]); // 34.57, 69.14, 17.29
        Quotas(new([new(10, 1), new(10, 1), new(9, 1)])).ShouldBe([10, 10, 9]);
        Quotas(new([new(10, 1), new(1, 1e-9)])).ShouldBe([11, 0]);
        Quotas(new([new(3, 5), new(4, 15)])).ShouldBe([2, 5]);
        Quotas(new([new(1_281_167, 0.7), new(1L << 40, 0.1), new(5, 0.2)])).Sum().ShouldBe(1_281_167 + (1L << 40) + 5);
    }

    [Fact]
    public void At_InEachEpoch_HasEachSourcesQuota_AndEachSourceComesUpEvenly()
    {
        var order = new SampleOrder(seed: 5, Sources);
        var met = new List<long>[] { [], [], [] };
        for (long epoch = 0; epoch < 12; epoch++)
        {
            var inEpoch = Enumerable.Range(0, 121).Select(i => order.At(epoch * 121 + i)).ToList();
            for (var source = 0; source < 3; source++)
            {
                var numbers = inEpoch.Select(reference => Sources.Locate(reference.Sample)).Where(place => place.Source == source).Select(place => place.Number).ToList();
                numbers.Count.ShouldBe((int)Sources.PerEpoch(source));
                met[source].AddRange(numbers);
            }
        }

        // After twelve epochs no sample of a source has come up more than once more than another of it.
        for (var source = 0; source < 3; source++)
        {
            var counts = new int[Sources.Shares[source].Samples];
            foreach (var number in met[source]) counts[number]++;
            (counts.Max() - counts.Min()).ShouldBeLessThanOrEqualTo(1);
        }
    }

    [Fact]
    public void At_NeverGivesTheSameReferenceTwice_SoRepeatedSamplesAreAugmentedAnew()
    {
        var order = new SampleOrder(seed: 5, Sources);

        Enumerable.Range(0, 121 * 8).Select(position => order.At(position)).Distinct().Count().ShouldBe(121 * 8);
    }

    [Fact]
    public void At_SourcesAreInterleavedAtRandom_DifferentlyInEachEpoch()
    {
        var order = new SampleOrder(seed: 5, new SampleSources([new(500, 1), new(500, 1)]));
        var ofFirst = Enumerable.Range(0, 2000).Select(position => order.At(position).Sample < 500).ToArray();

        ofFirst.Zip(ofFirst.Skip(1)).Count(pair => pair.First != pair.Second).ShouldBeInRange(900, 1100);
        ofFirst[..1000].ShouldNotBe(ofFirst[1000..]);
        foreach (var part in ofFirst.Chunk(100)) part.Count(first => first).ShouldBeInRange(30, 70);
    }

    [Fact]
    public void At_IsFrozen_AndOfAnyOrderOfCalls()
    {
        var order = new SampleOrder(seed: 42, Sources);
        var ascending = Enumerable.Range(0, 400).Select(position => order.At(position)).ToArray();

        Enumerable.Range(0, 400).Reverse().Select(position => new SampleOrder(42, Sources).At(position)).Reverse().ShouldBe(ascending);
        ascending[..4].ShouldBe([new(4, 111), new(0, 67), new(0, 107), new(4, 106)]);
        ascending[399].ShouldBe(new SampleReference(1, 9));
    }

    [Fact]
    public void At_OfOneSource_IsTheOrderWithoutSources()
    {
        var alone = new SampleOrder(3, new SampleSources([new(97, 0.25)]));

        Enumerable.Range(0, 300).Select(position => alone.At(position)).ShouldBe(Enumerable.Range(0, 300).Select(position => new SampleOrder(3, 97).At(position)));
    }

    [Fact]
    public void Locate_CountsThroughTheSources()
    {
        Sources.Locate(0).ShouldBe((0, 0));
        Sources.Locate(100).ShouldBe((0, 100));
        Sources.Locate(101).ShouldBe((1, 0));
        Sources.Locate(120).ShouldBe((2, 6));
        Should.Throw<ArgumentOutOfRangeException>(() => Sources.Locate(121));
    }

    private static long[] Quotas(SampleSources sources) => [.. Enumerable.Range(0, sources.Shares.Count).Select(sources.PerEpoch)];
}
