using Inception.Distributed.Sampling;

namespace Inception.Distributed.Tests.Sampling;

public class KeyedRandomBetaTests
{
    /// <summary>Against the distribution functions that have a closed form.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    public void NextBeta_FallsEvenlyIntoTheQuantilesOfItsDistribution(double alpha)
    {
        Func<double, double> distribution = alpha switch
        {
            0.5 => x => 2 / Math.PI * Math.Asin(Math.Sqrt(x)),
            1 => x => x,
            _ => x => x * x * (3 - 2 * x),
        };
        var counts = new int[20];
        var random = KeyedRandom.From(Purpose.Mixing, 4);
        for (var i = 0; i < 40_000; i++) counts[Math.Min(19, (int)(20 * distribution(random.NextBeta(alpha))))]++;

        Statistics.ChiSquare(counts, 2000).ShouldBeLessThan(Statistics.ChiSquareLimit(19));
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.4)]
    [InlineData(8)]
    public void NextBeta_HasItsMoments(double alpha)
    {
        var random = KeyedRandom.From(Purpose.Mixing, 5);
        var draws = Enumerable.Range(0, 100_000).Select(_ => random.NextBeta(alpha) - 0.5).ToArray();

        draws.Average().ShouldBe(0, 0.006);
        draws.Average(x => x * x).ShouldBe(1 / (4 * (2 * alpha + 1)), 0.002);
    }

    [Fact]
    public void NextBeta_TinyParameter_IsNearly0Or1AndNeverNaN()
    {
        var random = KeyedRandom.From(Purpose.Mixing, 6);
        var draws = Enumerable.Range(0, 1000).Select(_ => random.NextBeta(1e-4)).ToArray();

        draws.ShouldAllBe(x => x >= 0 && x <= 1);
        draws.Count(x => x > 0.5).ShouldBeInRange(420, 580);
    }

    [Fact]
    public void NextBeta_Values_StayWhatTheyAre()
    {
        var random = KeyedRandom.From(Purpose.Mixing, 1, 2, 3);
        // Those of an implementation in Python, up to its logarithm's last bit.
        random.NextBeta(0.2).ShouldBe(0.884873695246413, 1e-14);
        random.NextBeta(1).ShouldBe(0.8481072779261801, 1e-14);
        random.NextBeta(3).ShouldBe(0.7886429512985867, 1e-14);
    }

    [Fact]
    public void NextBeta_ParameterOf0_Throws() =>
        Should.Throw<ArgumentOutOfRangeException>(() => KeyedRandom.From(Purpose.Mixing).NextBeta(0));

    [Fact]
    public void Exp_AgreesWithThePlatforms()
    {
        var random = KeyedRandom.From(Purpose.Order, 2);
        for (var i = 0; i < 100_000; i++)
        {
            var value = 1400 * random.NextDouble() - 700;
            (ExactlyRoundedMath.Exp(value) / Math.Exp(value)).ShouldBe(1, 5e-16);
        }

        ExactlyRoundedMath.Exp(0).ShouldBe(1);
        ExactlyRoundedMath.Exp(-800).ShouldBe(0);
        ExactlyRoundedMath.Exp(800).ShouldBe(double.PositiveInfinity);
    }
}
