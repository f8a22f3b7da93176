namespace Inception.Distributed.Worker.Data;

/// <summary>
/// The validation set cut by position into blocks of a fixed size, the last one perhaps smaller. Blocks are evaluated whole, so neither
/// the figures nor which images are counted depend on the number of workers.
/// </summary>
public sealed class EvaluationBlocks
{
    private readonly long _images;
    private readonly int _blockSize;

    public EvaluationBlocks(long images, int blockSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(images);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockSize);
        (_images, _blockSize) = (images, blockSize);
        Count = checked((int)((images + blockSize - 1) / blockSize));
    }

    public int Count { get; }

    public (long FirstImage, int Images) this[int block]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(block);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, Count);
            var first = (long)block * _blockSize;
            return (first, (int)Math.Min(_blockSize, _images - first));
        }
    }

    /// <summary>One rank's consecutive blocks; none when there are fewer blocks than ranks.</summary>
    public (int FirstBlock, int Blocks) Of(int rank, int worldSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, worldSize);
        var (share, rest) = Math.DivRem(Count, worldSize);
        return (rank * share + Math.Min(rank, rest), share + (rank < rest ? 1 : 0));
    }
}
