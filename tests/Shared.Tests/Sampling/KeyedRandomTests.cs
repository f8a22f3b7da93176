using Inception.Distributed.Sampling;

namespace Inception.Distributed.Tests.Sampling;

public class KeyedRandomTests
{
    [Fact]
    public void Draws_AreFrozen()
    {
        var random = KeyedRandom.From(Purpose.Initialization, 42, Keyed.HashText("fc.weight"));
        random.NextUInt64().ShouldBe(12964270069011213678UL);
        random.NextDouble().ShouldBe(0.9368522258542908);
        random.NextInt(1_000_003).ShouldBe(194_004);
        random.NextGaussian().ShouldBe(-2.0535829249864825);
    }

    [Fact]
    public void Draws_DependOnPurposeAndKeyOnly()
    {
        First(Purpose.Order, 1, 2).ShouldBe(First(Purpose.Order, 1, 2));
        First(Purpose.Order, 1, 2).ShouldNotBe(First(Purpose.Augmentation, 1, 2));
        First(Purpose.Order, 1, 2).ShouldNotBe(First(Purpose.Order, 1, 3));
        First(Purpose.Order, 1, 2).ShouldNotBe(First(Purpose.Order, 2, 2));

        static ulong First(Purpose purpose, params ReadOnlySpan<long> key) => KeyedRandom.From(purpose, key).NextUInt64();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(101)]
    public void NextInt_IsUniform(int bound)
    {
        var counts = new int[bound];
        var random = KeyedRandom.From(Purpose.Augmentation, bound);
        var draws = 1000 * bound;
        for (var i = 0; i < draws; i++)
        {
            counts[random.NextInt(bound)]++;
        }

        Statistics.ChiSquare(counts, 1000).ShouldBeLessThan(Statistics.ChiSquareLimit(bound - 1));
    }

    [Fact]
    public void NextInt_LargeBound_HasNoModuloBias()
    {
        // With the remainder of 32 bits by this bound, the lower third would come up twice as often as the rest.
        const int Bound = (int)(3L << 29);
        var random = KeyedRandom.From(Purpose.Augmentation, 5);
        var lower = Enumerable.Range(0, 30_000).Count(_ => random.NextInt(Bound) < Bound / 3);
        (lower / 30_000.0).ShouldBe(1.0 / 3, 0.015);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void NextInt_NoSuchRange_Throws(int bound) =>
        Should.Throw<ArgumentOutOfRangeException>(() => KeyedRandom.From(Purpose.Order).NextInt(bound));

    [Fact]
    public void NextDouble_IsUniformInTheHalfOpenInterval()
    {
        var counts = new int[20];
        var random = KeyedRandom.From(Purpose.Augmentation, 3);
        for (var i = 0; i < 40_000; i++)
        {
            counts[(int)(random.NextDouble() * 20)]++;
        }

        Statistics.ChiSquare(counts, 2000).ShouldBeLessThan(Statistics.ChiSquareLimit(19));
    }

    [Fact]
    public void NextGaussian_HasTheMomentsOfTheNormalDistribution()
    {
        var random = KeyedRandom.From(Purpose.Initialization, 9);
        var draws = Enumerable.Range(0, 200_000).Select(_ => random.NextGaussian()).ToArray();
        draws.Average().ShouldBe(0, 0.01);
        draws.Average(x => x * x).ShouldBe(1, 0.02);
        draws.Average(x => x * x * x).ShouldBe(0, 0.05);
        draws.Average(x => x * x * x * x).ShouldBe(3, 0.1);
        (draws.Count(x => Math.Abs(x) > 2) / 200_000.0).ShouldBe(0.0455, 0.002);
    }
}
