namespace Inception.Distributed.Sampling;

/// <summary>A sample as it is met in an epoch: what its augmentation is keyed by.</summary>
public readonly record struct SampleReference(long Epoch, long Sample);

/// <summary>
/// The one stream of samples of a run: epochs one after another, each in its own order. A pure function of seed, count
/// and position, computed alike by every worker. For any thread; fastest when positions are asked for in ascending order.
/// </summary>
public sealed class SampleOrder
{
    private sealed record EpochOrder(long Epoch, SamplePermutation Permutation);

    private readonly long _seed;
    private EpochOrder? _latest;

    /// <param name="count">Samples of the dataset.</param>
    public SampleOrder(long seed, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        _seed = seed;
        Count = count;
    }

    public long Count { get; }

    /// <param name="position">Samples before this one since the start of the run.</param>
    public SampleReference At(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        var (epoch, index) = Math.DivRem(position, Count);
        var order = Volatile.Read(ref _latest);
        if (order?.Epoch != epoch)
        {
            order = new EpochOrder(epoch, new SamplePermutation(_seed, epoch, Count));
            Volatile.Write(ref _latest, order);
        }

        return new SampleReference(epoch, order.Permutation[index]);
    }

    /// <summary>Fills <paramref name="samples"/> with the references from <paramref name="firstPosition"/> on.</summary>
    public void Fill(long firstPosition, Span<SampleReference> samples)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = At(firstPosition + i);
        }
    }
}
