namespace Inception.Distributed.Tests.Sampling;

internal static class Statistics
{
    public static double ChiSquare(IEnumerable<int> counts, double expected) =>
        counts.Sum(count => (count - expected) * (count - expected) / expected);

    /// <summary>What chi-square exceeds about once in 30,000 trials (Wilson and Hilferty's approximation, 4 deviations out).</summary>
    public static double ChiSquareLimit(int degreesOfFreedom)
    {
        if (degreesOfFreedom == 0)
        {
            return 1e-9;
        }

        var spread = 2.0 / (9 * degreesOfFreedom);
        return degreesOfFreedom * Math.Pow(1 - spread + 4 * Math.Sqrt(spread), 3);
    }
}
