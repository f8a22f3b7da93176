using System.Globalization;

namespace Inception.Distributed.Cli.Display;

/// <summary>Figures as the program prints them, alike in every culture.</summary>
internal static class Format
{
    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>The two largest units: <c>4.2 s</c>, <c>3 min 05 s</c>, <c>2 h 07 min</c>, <c>3 d 04 h</c>.</summary>
    public static string Duration(double seconds)
    {
        var whole = (long)Math.Round(seconds);
        return whole switch
        {
            < 10 => Text($"{seconds:0.0} s"),
            < 60 => Text($"{whole} s"),
            < 3600 => Text($"{whole / 60} min {whole % 60:00} s"),
            < 86400 => Text($"{whole / 3600} h {whole / 60 % 60:00} min"),
            _ => Text($"{whole / 86400} d {whole / 3600 % 24:00} h"),
        };
    }

    /// <summary>A fraction of 1 as per cent with two decimals.</summary>
    public static string Percent(double fraction) => Text($"{100 * fraction:0.00} %");

    /// <summary>Images a second with three significant figures or more.</summary>
    public static string Rate(double imagesPerSecond) => imagesPerSecond switch
    {
        < 10 => Text($"{imagesPerSecond:0.00} images/s"),
        < 100 => Text($"{imagesPerSecond:0.0} images/s"),
        _ => Text($"{imagesPerSecond:0} images/s"),
    };

    public static string Count(long count) => Text($"{count:#,0}");

    /// <summary>"1 worker", "2 workers", with another ending "2 micro-batches".</summary>
    public static string Count(long count, string one, string ending = "s") => Text($"{count:#,0} {one}{(count == 1 ? "" : ending)}");
}
