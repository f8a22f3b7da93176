using Inception.Distributed.Cli.Display;

namespace Inception.Distributed.Cli.DataTools;

/// <summary>An inspection for people.</summary>
internal static class InspectionText
{
    private const int ShownClasses = 3;
    private const int ShownNames = 3;

    public static IEnumerable<string> Of(Inspection inspection)
    {
        yield return inspection.Source.Name;
        yield return Row("images", $"{Format.Count(inspection.Count)} of {Format.Count(inspection.ClassCounts.Length, "class", "es")}, {Size(inspection.Bytes)}");
        foreach (var line in Sources(inspection.Source)) yield return line;
        yield return Row("formats", string.Join(", ", inspection.Formats.Select(format => $"{format.Format} {Format.Count(format.Count)}")));
        yield return Row("", $"{"smallest",9}{"5 %",9}{"median",9}{"95 %",9}{"largest",9}");
        foreach (var line in Spread("width", inspection.Width, Format.Count)) yield return line;
        foreach (var line in Spread("height", inspection.Height, Format.Count)) yield return line;
        foreach (var line in Spread("bytes", inspection.FileBytes, Size)) yield return line;
        yield return Row("sizes", string.Join(", ", inspection.Sizes.Select(size => $"{size.Size.Width}×{size.Size.Height} {Share(size.Count, inspection.Count)}")));
        foreach (var line in Balance(inspection)) yield return line;
        foreach (var line in Oddities(inspection)) yield return line;
    }

    private static IEnumerable<string> Sources(DataSource source)
    {
        var sources = source.Dataset.Sources;
        for (var i = 0; i < sources.Shares.Count && sources.Shares.Count > 1; i++)
        {
            var (spec, perEpoch) = (source.Data.Train[i], sources.PerEpoch(i));
            yield return Row(i == 0 ? "sources" : "", $"{Format.Count(sources.Shares[i].Samples),9}  {$"{spec.Format.ToString().ToLowerInvariant()} {spec.Path}".TrimEnd()}: "
                + $"{Format.Count(perEpoch)} samples of an epoch ({Share(perEpoch, sources.Count)})");
        }
    }

    private static IEnumerable<string> Spread(string name, Distribution? spread, Func<long, string> text)
    {
        if (spread is null) yield break;
        yield return Row(name, $"{text(spread.Smallest),9}{text(spread.Low),9}{text(spread.Median),9}{text(spread.High),9}{text(spread.Largest),9}  {spread.Picture}");
    }

    private static IEnumerable<string> Balance(Inspection inspection)
    {
        var counts = inspection.ClassCounts;
        var ordered = Enumerable.Range(0, counts.Length).OrderBy(label => counts[label]).ToList();
        var (fewest, most) = (counts[ordered[0]], counts[ordered[^1]]);
        if (fewest == most)
        {
            yield return Row("balance", $"every class has {Format.Count(most, "image")}");
            yield break;
        }

        yield return Row("balance", Format.Text($"{fewest:#,0} to {most:#,0} images a class, {(double)inspection.Count / counts.Length:0.#} on average"));
        if (counts.Length <= 2 * ShownClasses)
        {
            yield return Row("", Named(inspection, ordered.AsEnumerable().Reverse()));
            yield break;
        }

        yield return Row("  fewest", Named(inspection, ordered.Take(ShownClasses)));
        yield return Row("  most", Named(inspection, ordered.AsEnumerable().Reverse().Take(ShownClasses)));
        if (counts.Count(count => count == 0) is > 0 and var empty) yield return Row("  empty", Format.Count(empty, "class", "es"));
    }

    private static string Named(Inspection inspection, IEnumerable<int> labels) => string.Join(", ", labels.Select(label =>
        $"{inspection.Source.ClassName(label) ?? Format.Text($"class {label}")} ({Format.Count(inspection.ClassCounts[label])})"));

    private static IEnumerable<string> Oddities(Inspection inspection)
    {
        if (inspection.Oddities.Count == 0)
        {
            yield return Row("odd", "nothing");
            yield break;
        }

        var first = true;
        foreach (var oddity in inspection.Oddities)
        {
            yield return Row(first ? "odd" : "", $"{Format.Count(oddity.Samples.Count),9}  {oddity.Kind}: {oddity.Consequence}");
            first = false;
            foreach (var sample in oddity.Samples.Take(ShownNames))
            {
                var problem = inspection.Problems.TryGetValue(sample, out var known) ? $": {known}" : "";
                yield return Row("", $"{"",9}  {inspection.Source.Dataset.Name(sample)}{problem}");
            }

            if (oddity.Samples.Count > ShownNames) yield return Row("", $"{"",9}  and {Format.Count(oddity.Samples.Count - ShownNames)} more; --json names all");
        }
    }

    public static string Size(long bytes) => bytes switch
    {
        < 1000 => Format.Text($"{bytes} B"),
        < 1_000_000 => Format.Text($"{bytes / 1e3:0.0} kB"),
        < 1_000_000_000 => Format.Text($"{bytes / 1e6:0.0} MB"),
        _ => Format.Text($"{bytes / 1e9:0.00} GB"),
    };

    private static string Share(long count, long of) => Format.Text($"{100.0 * count / of:0} %");

    private static string Row(string name, string text) => $"  {name,-10} {text}".TrimEnd();
}
