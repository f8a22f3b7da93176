using Inception.Distributed.Cli.Pictures;

namespace Inception.Distributed.Cli.Tests.Plots;

public sealed class TicksTests
{
    [Theory]
    [InlineData(0, 1, 6, "0 0.2 0.4 0.6 0.8 1")]
    [InlineData(-0.05, 0.24, 6, "-0.05 0 0.05 0.1 0.15 0.2")]
    [InlineData(90, 91.4, 6, "90 90.5 91")]
    [InlineData(0, 3046, 10, "0 500 1000 1500 2000 2500 3000")]
    public void Linear_AreRoundNumbersInTheInterval(double from, double to, int most, string expected) =>
        string.Join(' ', Ticks.Linear(from, to, most).Select(tick => Math.Round(tick, 9).ToString(System.Globalization.CultureInfo.InvariantCulture))).ShouldBe(expected);

    [Theory]
    [InlineData(0.005, 20, "0.01 0.1 1 10")]
    [InlineData(0.3, 4, "0.5 1 2")]
    public void Logarithmic_ArePowersOfTenOrWhatLiesBetween(double from, double to, string expected) =>
        string.Join(' ', Ticks.Logarithmic(from, to).Select(tick => Math.Round(tick, 9).ToString(System.Globalization.CultureInfo.InvariantCulture))).ShouldBe(expected);
}
