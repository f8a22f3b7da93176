using Inception.Distributed.Sampling;

namespace Inception.Distributed.Tests.Sampling;

public class ExactlyRoundedMathTests
{
    [Fact]
    public void Log_AgreesWithThePlatforms()
    {
        var random = KeyedRandom.From(Purpose.Order, 1);
        for (var i = 0; i < 100_000; i++)
        {
            var value = Math.ScaleB(1 + random.NextDouble(), random.NextInt(2000) - 1000);
            var expected = Math.Log(value);
            Math.Abs(ExactlyRoundedMath.Log(value) - expected).ShouldBeLessThanOrEqualTo(1e-15 * Math.Max(1, Math.Abs(expected)));
        }

        ExactlyRoundedMath.Log(1).ShouldBe(0);
    }

    [Fact]
    public void Exp_AgreesWithThePlatforms()
    {
        var random = KeyedRandom.From(Purpose.Order, 2);
        for (var i = 0; i < 100_000; i++)
        {
            var value = 1400 * random.NextDouble() - 700;
            (ExactlyRoundedMath.Exp(value) / Math.Exp(value)).ShouldBe(1, 4e-16);
        }

        ExactlyRoundedMath.Exp(0).ShouldBe(1);
    }

    [Theory]
    [InlineData(1e-12)]
    [InlineData(-1e-12)]
    [InlineData(1e-3)]
    [InlineData(-0.2928)]
    public void Log_NearOne_KeepsItsRelativePrecision(double offset)
    {
        var expected = Math.Log(1 + offset);
        (ExactlyRoundedMath.Log(1 + offset) / expected).ShouldBe(1, 1e-15);
    }
}
