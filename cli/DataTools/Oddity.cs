using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Cli.DataTools;

/// <summary>Samples that differ from what one expects of photographs, found by their headers.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Consequence">What the input makes of them.</param>
internal sealed record Oddity(string Kind, string Consequence, IReadOnlyList<long> Samples)
{
    private const int TinySide = 32;
    private const int LongAspect = 5;

    private static readonly (string Kind, string Consequence, Func<DataSource, long, SampleHeader, bool> Fits)[] Kinds =
    [
        ("corrupt", "replaced in training", (_, _, header) => header.Problem is not null),
        ("over data.maxPixels", "taken as corrupt", (source, _, header) => (long)header.Height * header.Width > source.Data.MaxPixels),
        ("named unlike its content", "decoded by content", (source, sample, header) => header.Format is { } format && !IsNamedAs(format, source.Dataset.Name(sample))),
        ("CMYK", "decoded as Adobe's", (_, _, header) => header.Traits.Colour == ImageColour.Cmyk),
        ("YCCK", "decoded as Adobe's", (_, _, header) => header.Traits.Colour == ImageColour.Ycck),
        ("grey", "three equal channels", (_, _, header) => header is { Format: not null, Traits.Colour: ImageColour.Grey }),
        ("palette", "its colours", (_, _, header) => header.Traits.Colour == ImageColour.Palette),
        ("16 bits", "the upper 8", (_, _, header) => header.Traits.Bits == 16),
        ("transparent", "dropped, not blended", (_, _, header) => header.Traits.Transparent != 0),
        ("several scans", "slow to decode", (_, _, header) => header.Traits.Scans != 0),
        ("EXIF orientation", "", (_, _, header) => header.Orientation > 1),
        ($"a side under {TinySide} pixels", "enlarged a lot", (_, _, header) => header is { Format: not null } && Math.Min(header.Height, header.Width) < TinySide),
        ($"an aspect over {LongAspect}:1", "crops see little of it", (_, _, header) => header is { Format: not null } && AspectOf(header) > LongAspect),
    ];

    /// <summary>Those that occur, in a fixed order.</summary>
    public static IReadOnlyList<Oddity> Find(DataSource source, SampleHeader[] headers)
    {
        var samples = Kinds.Select(_ => new List<long>()).ToArray();
        for (var sample = 0; sample < headers.Length; sample++)
        {
            for (var kind = 0; kind < Kinds.Length; kind++)
            {
                // Of a corrupt one nothing else is known.
                if ((kind == 0 || headers[sample].Problem is null) && Kinds[kind].Fits(source, sample, headers[sample])) samples[kind].Add(sample);
            }
        }

        return [.. Kinds.Select((kind, i) => new Oddity(kind.Kind, ConsequenceIn(source, kind), samples[i])).Where(oddity => oddity.Samples.Count > 0)];
    }

    private static string ConsequenceIn(DataSource source, (string Kind, string Consequence, Func<DataSource, long, SampleHeader, bool> Fits) kind) =>
        kind.Consequence.Length > 0 ? kind.Consequence : source.Data.HonourOrientation ? "turned upright" : "ignored; data.honourOrientation turns them";

    private static bool IsNamedAs(ImageFormat format, string name) => Path.GetExtension(name).ToLowerInvariant() switch
    {
        ".jpg" or ".jpeg" => format == ImageFormat.Jpeg,
        ".png" => format == ImageFormat.Png,
        ".webp" => format == ImageFormat.WebP,
        _ => false,
    };

    private static double AspectOf(SampleHeader header) =>
        (double)Math.Max(header.Height, header.Width) / Math.Min(header.Height, header.Width);
}
