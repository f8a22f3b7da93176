using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Cli.DataTools;

/// <summary>What the headers of a dataset say of it.</summary>
/// <param name="Formats">By content, the most frequent first.</param>
/// <param name="ClassCounts">Samples by label.</param>
internal sealed record Inspection(
    DataSource Source, long Count, long Bytes, IReadOnlyList<(string Format, long Count)> Formats, Distribution? Width, Distribution? Height,
    Distribution? FileBytes, IReadOnlyList<((int Width, int Height) Size, long Count)> Sizes, int[] ClassCounts, IReadOnlyList<Oddity> Oddities,
    IReadOnlyDictionary<long, string> Problems)
{
    private const int FrequentSizes = 5;

    public static Inspection Of(DataSource source, SampleHeader[] headers)
    {
        var whole = headers.Where(header => header.Problem is null).ToArray();
        var counts = new int[source.Dataset.Classes];
        for (var sample = 0; sample < headers.Length; sample++) counts[source.Dataset.Label(sample)]++;
        return new Inspection(
            source, headers.Length, headers.Sum(header => header.Bytes), Ranked(whole.Select(header => header.Format?.ToString().ToUpperInvariant() ?? "pixels")),
            Spread(whole, header => header.Width), Spread(whole, header => header.Height), Spread(whole, header => header.Bytes),
            [.. Ranked(whole.Select(header => (header.Width, header.Height))).Take(FrequentSizes)], counts, Oddity.Find(source, headers),
            headers.Select((header, sample) => (header.Problem, Sample: (long)sample)).Where(pair => pair.Problem is not null).ToDictionary(pair => pair.Sample, pair => pair.Problem!));
    }

    private static Distribution? Spread(SampleHeader[] headers, Func<SampleHeader, long> value) =>
        headers.Length == 0 ? null : Distribution.Of(Array.ConvertAll(headers, header => value(header)));

    private static List<(T Value, long Count)> Ranked<T>(IEnumerable<T> values) where T : notnull =>
        [.. values.CountBy(value => value).OrderByDescending(pair => pair.Value).Select(pair => (pair.Key, (long)pair.Value))];
}
