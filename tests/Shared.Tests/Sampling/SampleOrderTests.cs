using Inception.Distributed.Sampling;

namespace Inception.Distributed.Tests.Sampling;

public class SampleOrderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(97)]
    [InlineData(128)]
    public void At_EveryEpochHoldsEverySampleOnce(long count)
    {
        var order = new SampleOrder(seed: 8, count);
        for (long epoch = 0; epoch < 5; epoch++)
        {
            var references = Enumerable.Range(0, (int)count).Select(i => order.At(epoch * count + i)).ToArray();
            references.ShouldAllBe(reference => reference.Epoch == epoch);
            references.Select(reference => reference.Sample).Order().ShouldBe(Enumerable.Range(0, (int)count).Select(i => (long)i));
        }
    }

    [Fact]
    public void At_AnyOrderOfCalls_GivesTheSame()
    {
        var ascending = new SampleOrder(1, 11);
        var expected = Enumerable.Range(0, 44).Select(position => ascending.At(position)).ToArray();
        var descending = new SampleOrder(1, 11);
        Enumerable.Range(0, 44).Reverse().Select(position => descending.At(position)).Reverse().ShouldBe(expected);
    }

    [Fact]
    public void At_AgreesWithThePermutation()
    {
        var order = new SampleOrder(3, 1009);
        order.At(2 * 1009 + 17).ShouldBe(new SampleReference(2, new SamplePermutation(3, 2, 1009)[17]));
    }

    [Fact]
    public void Fill_AcrossAnEpochsEnd_ContinuesWithTheNextEpoch()
    {
        var order = new SampleOrder(3, 10);
        var samples = new SampleReference[6];
        order.Fill(17, samples);
        samples.Select(sample => sample.Epoch).ShouldBe([1, 1, 1, 2, 2, 2]);
        samples.ShouldBe(Enumerable.Range(17, 6).Select(position => order.At(position)));
    }

    [Fact]
    public void At_FromManyThreads_GivesTheSame()
    {
        var order = new SampleOrder(3, 101);
        var expected = Enumerable.Range(0, 1010).Select(position => new SampleOrder(3, 101).At(position)).ToArray();
        var actual = new SampleReference[1010];
        Parallel.For(0, 1010, position => actual[position] = order.At(position));
        actual.ShouldBe(expected);
    }

    [Fact]
    public void At_BeforeTheRun_Throws() => Should.Throw<ArgumentOutOfRangeException>(() => new SampleOrder(0, 5).At(-1));
}
