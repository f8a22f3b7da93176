using System.Globalization;
using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Cli.Display;

/// <summary>Checkpoints as the commands on them show them.</summary>
internal static class CheckpointText
{
    /// <param name="isHashed">Their contents were read, not their sizes only.</param>
    public static IEnumerable<string> Table(IReadOnlyList<Retained> checkpoints, bool isHashed)
    {
        var width = checkpoints.Max(one => Name(one.Checkpoint).Length);
        yield return $"{"checkpoint".PadRight(width)}  {"step",8}  {"epoch",7}  {"size",10}  {"saved (UTC)",-16}  {"top-1",8}  files";
        foreach (var (checkpoint, top1, isBest, _) in checkpoints)
        {
            var epoch = checkpoint.Epoch is { } value ? Format.Text($"{value:0.00}") : "–";
            var saved = checkpoint.CreatedAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "–";
            var accuracy = top1 is { } fraction ? Format.Percent(fraction) : "–";
            var marks = $"{(isBest ? ", best" : "")}{(checkpoint.IsPinned ? ", pinned" : "")}";
            yield return Format.Text($"{Name(checkpoint).PadRight(width)}  {checkpoint.Step,8}  {epoch,7}  {checkpoint.Bytes / 1e6,7:0.0} MB  {saved,-16}  {accuracy,8}  {State(checkpoint, isHashed)}{marks}");
            foreach (var problem in checkpoint.Problems) yield return $"    {problem}";
        }
    }

    /// <summary>For scripts.</summary>
    public static object Json(Retained one, bool isHashed) => new
    {
        one.Checkpoint.Step,
        one.Checkpoint.Epoch,
        one.Checkpoint.Bytes,
        one.Checkpoint.CreatedAt,
        one.Top1,
        Best = one.IsBest,
        Pinned = one.Checkpoint.IsPinned,
        Status = one.Checkpoint.Status.ToString().ToLowerInvariant(),
        Hashes = !isHashed ? "not read" : one.Checkpoint.Status == CheckpointStatus.Whole ? "match" : "do not match",
        one.Checkpoint.Directory,
        one.Checkpoint.Problems,
    };

    private static string Name(CheckpointListing checkpoint) => Path.GetFileName(Path.GetFullPath(checkpoint.Directory));

    private static string State(CheckpointListing checkpoint, bool isHashed) => checkpoint.Status switch
    {
        CheckpointStatus.Whole => isHashed ? "whole, hashes match" : "whole",
        CheckpointStatus.Damaged => "damaged",
        CheckpointStatus.Quarantined => "set aside: damaged",
        _ => "incomplete",
    };
}
