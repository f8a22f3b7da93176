namespace Inception.Distributed.Reduction;

/// <summary>The consecutive micro-batches of one rank.</summary>
public readonly record struct MicroBatchRange(int First, int Count)
{
    public int End => First + Count;

    /// <summary>As even as can be: the first (micro-batches mod world size) ranks host one more than the others.</summary>
    public static MicroBatchRange Of(int rank, int worldSize, int microBatches)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(worldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(worldSize, microBatches);
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, worldSize);
        var (share, rest) = Math.DivRem(microBatches, worldSize);
        return new MicroBatchRange(rank * share + Math.Min(rank, rest), share + (rank < rest ? 1 : 0));
    }
}
