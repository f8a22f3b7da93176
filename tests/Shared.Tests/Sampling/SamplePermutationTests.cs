using Inception.Distributed.Sampling;

namespace Inception.Distributed.Tests.Sampling;

public class SamplePermutationTests
{
    public static TheoryData<long> Counts { get; } =
        [1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 101, 127, 128, 129, 255, 256, 257, 1009, 1023, 1024, 1025, 4095, 4096, 4097, 9973, 60_000, 65_536, 65_537];

    [Theory]
    [MemberData(nameof(Counts))]
    public void EverySampleComesUpExactlyOnce(long count)
    {
        var permutation = new SamplePermutation(seed: 42, epoch: 3, count);
        var seen = new bool[count];
        for (long index = 0; index < count; index++)
        {
            seen[permutation[index]].ShouldBeFalse();
            seen[permutation[index]] = true;
        }
    }

    [Fact]
    public void Orders_AreFrozen()
    {
        First(new SamplePermutation(0, 0, 10), 10).ShouldBe([7, 6, 1, 5, 2, 4, 9, 3, 0, 8]);
        First(new SamplePermutation(42, 1, 60_000), 6).ShouldBe([50_476, 17_263, 431, 17_547, 3_106, 34_346]);
        First(new SamplePermutation(-1, 299, 1_281_167), 4).ShouldBe([849_529, 978_861, 760_425, 596_263]);
        First(new SamplePermutation(7, 0, 1L << 40), 3).ShouldBe([572_139_257_766, 962_756_719_874, 456_182_850_184]);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(1, -1)]
    [InlineData(-1, 1)]
    [InlineData(1L << 32, 0)]
    [InlineData(0, 1L << 32)]
    public void NeighbouringSeedsAndEpochs_ShareNoOrder(long seedStep, long epochStep)
    {
        const long Count = 10_007;
        var one = new SamplePermutation(100, 50, Count);
        var other = new SamplePermutation(100 + seedStep, 50 + epochStep, Count);

        // Two unrelated orders agree at one place on average, and rarely follow one another anywhere.
        Enumerable.Range(0, (int)Count).Count(i => one[i] == other[i]).ShouldBeLessThan(10);
        Enumerable.Range(1, (int)Count - 1).Count(i => one[i] - one[i - 1] == other[i] - other[i - 1]).ShouldBeLessThan(12);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(13)]
    [InlineData(100)]
    [InlineData(257)]
    public void EveryPlaceHoldsEverySampleEquallyOften(int count)
    {
        const int OrdersPerPlace = 200;
        foreach (var place in new[] { 0, count / 2, count - 1 })
        {
            var counts = new int[count];
            for (var epoch = 0; epoch < OrdersPerPlace * count; epoch++)
            {
                counts[new SamplePermutation(1, epoch, count)[place]]++;
            }

            Statistics.ChiSquare(counts, OrdersPerPlace).ShouldBeLessThan(Statistics.ChiSquareLimit(count - 1));
        }
    }

    [Fact]
    public void AllOrdersOfFourSamples_ComeUpEquallyOften()
    {
        var counts = new Dictionary<string, int>();
        for (var epoch = 0; epoch < 24 * 200; epoch++)
        {
            var order = string.Join(',', First(new SamplePermutation(5, epoch, 4), 4));
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        counts.Count.ShouldBe(24);
        Statistics.ChiSquare(counts.Values, 200).ShouldBeLessThan(Statistics.ChiSquareLimit(23));
    }

    [Fact]
    public void NeighboursInTheDataset_AreNotNeighboursInTheOrder()
    {
        var permutation = new SamplePermutation(1, 0, 60_000);
        var distances = Enumerable.Range(1, 59_999).Select(i => Math.Abs(permutation[i] - permutation[i - 1]));
        distances.Average().ShouldBe(60_000 / 3.0, 300);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10)]
    public void Indexer_OutsideTheEpoch_Throws(long index) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new SamplePermutation(0, 0, 10)[index]);

    [Fact]
    public void Constructor_NoSamples_Throws() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new SamplePermutation(0, 0, 0));

    private static long[] First(SamplePermutation permutation, int count) =>
        [.. Enumerable.Range(0, count).Select(index => permutation[index])];
}
