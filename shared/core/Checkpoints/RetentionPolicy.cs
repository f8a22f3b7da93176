namespace Inception.Distributed.Checkpoints;

/// <summary>Which checkpoints stay; each that one of these names does, and each that is pinned.</summary>
/// <param name="Keep">The newest, at least 1.</param>
/// <param name="KeepFor">Those younger than this; 0: none for its age.</param>
/// <param name="KeepBest">Those with the best top-1; of equals the newer one.</param>
public sealed record RetentionPolicy(int Keep, TimeSpan KeepFor = default, int KeepBest = 0)
{
    public static RetentionPolicy Of(Jobs.CheckpointSpec spec) => new(spec.Keep, TimeSpan.FromHours(spec.KeepFor), spec.KeepBest);
}

/// <summary>What retention has to say of one checkpoint.</summary>
/// <param name="Top1">Of the evaluation at its step, as a fraction of 1; null: there was none.</param>
/// <param name="IsBest">None has a better top-1.</param>
/// <param name="Why">It stays, a clause; null: it goes.</param>
public sealed record Retained(CheckpointListing Checkpoint, double? Top1, bool IsBest, string? Why);

public static class Retention
{
    /// <summary>A pure function of what is there.</summary>
    /// <param name="checkpoints">As listed. Only whole ones count, and only they may go.</param>
    /// <param name="top1">By step.</param>
    /// <param name="protect">Directories that stay.</param>
    public static IReadOnlyList<Retained> Decide(
        RetentionPolicy policy, IReadOnlyList<CheckpointListing> checkpoints, IReadOnlyDictionary<long, double> top1,
        IReadOnlySet<string> protect, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(policy.Keep);
        var whole = checkpoints.Where(checkpoint => checkpoint.Status == CheckpointStatus.Whole).OrderByDescending(checkpoint => checkpoint.Step).ToList();
        var newest = whole.Take(policy.Keep).ToHashSet();
        var ranked = whole.Where(checkpoint => top1.ContainsKey(checkpoint.Step)).OrderByDescending(checkpoint => top1[checkpoint.Step]).ToList();
        var best = ranked.Take(policy.KeepBest).ToHashSet();
        return [.. checkpoints.Select(checkpoint => new Retained(
            checkpoint,
            checkpoint.Status != CheckpointStatus.Quarantined && top1.TryGetValue(checkpoint.Step, out var accuracy) ? accuracy : null,
            checkpoint == ranked.FirstOrDefault(),
            Why(checkpoint)))];

        string? Why(CheckpointListing checkpoint) => checkpoint switch
        {
            { Status: CheckpointStatus.Incomplete } => "it is being written, or was not finished",
            { Status: not CheckpointStatus.Whole } => "it is damaged",
            { IsPinned: true } => "it is pinned",
            _ when newest.Contains(checkpoint) => policy.Keep == 1 ? "it is the newest" : FormattableString.Invariant($"it is one of the newest {policy.Keep}"),
            _ when best.Contains(checkpoint) => policy.KeepBest == 1 ? "it is the best" : FormattableString.Invariant($"it is one of the best {policy.KeepBest}"),
            _ when policy.KeepFor > TimeSpan.Zero && now - checkpoint.CreatedAt < policy.KeepFor => FormattableString.Invariant($"it is younger than {policy.KeepFor.TotalHours:0.###} hours"),
            _ when protect.Contains(checkpoint.Directory) => "the run may start from it",
            _ => null,
        };
    }
}
