using Inception.Distributed.Cli.Display;
using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Cli.DataTools;

/// <summary>What a pack made of a dataset.</summary>
internal static class PackText
{
    public static IEnumerable<string> Of(DataSource source, string directory, PackSummary summary)
    {
        foreach (var sample in summary.LeftOut) yield return $"left out: {sample.Name}: {sample.Problem}";
        var leftOut = source.Dataset.Count - summary.Images;
        var before = summary.ShardsBefore > 0 ? $" ({Format.Count(summary.ShardsBefore)} of them from before)" : "";
        yield return $"{source.Name}: {Format.Count(summary.Images, "image")} in {Format.Count(summary.Shards, "shard")}{before}, "
            + $"{InspectionText.Size(summary.Bytes)}, in {directory}";
        if (summary.StoredBytes > 0) yield return $"  packed now: {InspectionText.Size(summary.StoredBytes)} of images";
        if (summary.Copied > 0) yield return $"  {Format.Count(summary.Copied, "small JPEG file")} copied as they are";
        if (leftOut > 0) yield return $"  {Format.Count(leftOut)} corrupt left out";
        yield return $"  train from it: format: webdataset, path: {Path.GetFullPath(directory)}";
    }

    public static object Document(DataSource source, string directory, PackSummary summary) => new
    {
        source.Name,
        Directory = directory,
        Samples = source.Dataset.Count,
        summary.Images,
        summary.Bytes,
        summary.StoredBytes,
        summary.Copied,
        summary.Shards,
        summary.ShardsBefore,
        LeftOut = DataToolsJson.Of(summary.LeftOut),
    };
}
