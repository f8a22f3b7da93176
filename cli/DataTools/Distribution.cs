namespace Inception.Distributed.Cli.DataTools;

/// <summary>How numbers are spread: a few quantiles, and a picture of it in one line.</summary>
internal sealed record Distribution(long Smallest, long Low, long Median, long High, long Largest, double Mean, string Picture)
{
    public const string Legend = "smallest, 5 %, median, 95 %, largest";

    private const int Cells = 24;
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <param name="values">At least one; sorted here.</param>
    public static Distribution Of(long[] values)
    {
        Array.Sort(values);
        return new Distribution(values[0], At(0.05), At(0.5), At(0.95), values[^1], values.Average(), Draw(values));

        long At(double fraction) => values[(int)Math.Round(fraction * (values.Length - 1))];
    }

    /// <summary>Counts in cells of equal width from the smallest to the largest, the highest bar being the fullest cell.</summary>
    private static string Draw(long[] sorted)
    {
        var (first, range) = (sorted[0], sorted[^1] - sorted[0]);
        if (range == 0) return "";
        var counts = new long[Cells];
        foreach (var value in sorted) counts[Math.Min(Cells - 1, (value - first) * Cells / range)]++;
        var most = counts.Max();
        return new string([.. counts.Select(count => count == 0 ? ' ' : Bars[(int)((count * Bars.Length - 1) / most)])]);
    }
}
