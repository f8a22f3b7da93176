using System.Text.Encodings.Web;
using System.Text.Json;
using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Cli.DataTools;

/// <summary>The data tools' results for scripts.</summary>
internal static class DataToolsJson
{
    private static readonly JsonSerializerOptions Readable =
        new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(object value) => JsonSerializer.Serialize(value, Readable);

    public static object Of(Inspection inspection) => new
    {
        Name = inspection.Source.Name,
        Images = inspection.Count,
        inspection.Bytes,
        inspection.Source.Dataset.Digest,
        Formats = inspection.Formats.ToDictionary(format => format.Format, format => format.Count),
        Width = Of(inspection.Width),
        Height = Of(inspection.Height),
        FileBytes = Of(inspection.FileBytes),
        Classes = inspection.ClassCounts.Select((count, label) => new { Class = label, Name = inspection.Source.ClassName(label), Images = count }),
        Odd = inspection.Oddities.Select(oddity => new
        {
            oddity.Kind,
            oddity.Consequence,
            Samples = oddity.Samples.Select(sample => new { Sample = sample, Name = inspection.Source.Dataset.Name(sample), Problem = inspection.Problems.GetValueOrDefault(sample) }),
        }),
    };

    public static IEnumerable<object> Of(IEnumerable<CorruptSample> corrupt) => corrupt.Select(sample => new { sample.Sample, sample.Name, sample.Problem });

    private static object? Of(Distribution? spread) =>
        spread is null ? null : new { spread.Smallest, P5 = spread.Low, spread.Median, P95 = spread.High, spread.Largest, spread.Mean };
}
