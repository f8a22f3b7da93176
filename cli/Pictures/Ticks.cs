namespace Inception.Distributed.Cli.Pictures;

/// <summary>Round numbers for an axis.</summary>
internal static class Ticks
{
    private static readonly double[] RoundNumbers = [1, 2, 5, 10];

    /// <summary>Multiples of 1, 2 or 5 times a power of ten in the interval, at most <paramref name="most"/> of its widths apart.</summary>
    public static double[] Linear(double from, double to, int most)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10((to - from) / most)));
        var every = RoundNumbers.Select(factor => factor * unit).First(spacing => (to - from) / spacing <= most);
        var first = (long)Math.Ceiling(from / every - 1e-9);
        // Multiplied, not added up, so that 0.3 is not 0.30000000000000004 more often than need be.
        return [.. Enumerable.Range(0, (int)(Math.Floor(to / every + 1e-9) - first) + 1).Select(index => (first + index) * every)];
    }

    /// <summary>Powers of ten in the interval; with fewer than three of them, their doubles and fivefolds too.</summary>
    public static double[] Logarithmic(double from, double to)
    {
        var exponents = Enumerable.Range((int)Math.Floor(Math.Log10(from)), (int)(Math.Ceiling(Math.Log10(to)) - Math.Floor(Math.Log10(from))) + 1).ToArray();
        var tens = Within(exponents.Select(exponent => Math.Pow(10, exponent)));
        return tens.Length >= 3 ? tens : Within(exponents.SelectMany(exponent => RoundNumbers[..3].Select(factor => factor * Math.Pow(10, exponent))));

        double[] Within(IEnumerable<double> values) => [.. values.Where(value => value >= from * (1 - 1e-9) && value <= to * (1 + 1e-9))];
    }
}
