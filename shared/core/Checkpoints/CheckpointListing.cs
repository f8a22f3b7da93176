namespace Inception.Distributed.Checkpoints;

/// <summary>
/// Incomplete: no manifest, so it was never finished, or is being written; damaged: it was whole once; quarantined: found damaged by a run that
/// was to go on from it, and set aside.
/// </summary>
public enum CheckpointStatus { Whole, Damaged, Incomplete, Quarantined }

/// <summary>A checkpoint at first sight: sizes are checked, contents are not. Bytes: of its files, by the manifest.</summary>
public sealed record CheckpointListing(string Directory, long Step, CheckpointStatus Status, long Bytes, IReadOnlyList<string> Problems)
{
    /// <summary>Samples consumed / size of the training set; null: not known.</summary>
    public double? Epoch { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Retention leaves it.</summary>
    public bool IsPinned { get; init; }
}
