namespace Inception.Distributed.Checkpoints;

/// <param name="Retained">Each checkpoint that there was.</param>
/// <param name="Removed">Directories; with a dry run, those that would be.</param>
/// <param name="Busy">Directories that somebody was reading, or that were pinned at the last moment; the next removal looks at them again.</param>
public sealed record Pruning(IReadOnlyList<Retained> Retained, IReadOnlyList<string> Removed, IReadOnlyList<string> Busy);

/// <summary>Carries retention out: never the last good one goes, since the newest of those that stay is known to be whole before any is removed.</summary>
public static class CheckpointPruner
{
    /// <param name="top1">Of evaluations, by step.</param>
    /// <param name="protect">Directories that stay whatever their age.</param>
    /// <param name="durable">A checkpoint that needs no further proof, since it was committed just now; null: the newest one is read and hashed.</param>
    /// <exception cref="IOException">What was not removed before is still there.</exception>
    public static Pruning Prune(
        CheckpointStore store, RetentionPolicy policy, IReadOnlyDictionary<long, double> top1, IEnumerable<string> protect,
        DateTimeOffset now, string? durable = null, bool dryRun = false)
    {
        var kept = protect.Where(directory => directory.Length > 0).Select(Path.GetFullPath).ToHashSet();
        var retained = Retention.Decide(policy, Sound(store, durable), top1, kept, now);
        var removed = new List<string>();
        var busy = new List<string>();
        foreach (var (checkpoint, _, _, why) in retained.OrderByDescending(one => one.Checkpoint.Step))
        {
            if (why is null) (dryRun || store.Remove(checkpoint) ? removed : busy).Add(checkpoint.Directory);
        }

        return new Pruning(retained, removed, busy);
    }

    /// <summary>What is listed; the newest that is taken for whole is so.</summary>
    private static List<CheckpointListing> Sound(CheckpointStore store, string? durable)
    {
        List<CheckpointListing> listed = [.. store.List()];
        while (listed.FindLastIndex(checkpoint => checkpoint.Status == CheckpointStatus.Whole) is var last and >= 0)
        {
            if (listed[last].Directory == durable) break;
            var examination = store.Examine(listed[last].Directory);
            if (examination.Checkpoint is not null) break;
            listed[last] = listed[last] with { Status = CheckpointStatus.Damaged, Problems = examination.Problems };
        }

        return listed;
    }
}
