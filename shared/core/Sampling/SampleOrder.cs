namespace Inception.Distributed.Sampling;

/// <summary>A sample as it is met in an epoch: what its augmentation is keyed by.</summary>
/// <param name="Epoch">Of several sources: how often the sample's own one has been gone through before.</param>
public readonly record struct SampleReference(long Epoch, long Sample);

/// <summary>
/// The one stream of samples of a run: epochs one after another, each in its own order. Where several sources are mixed, each goes through its
/// own samples in orders of its own, whatever epoch that is. A pure function of seed, sources and position, computed alike by every worker. For any thread; fastest when positions are asked for in ascending order.
/// </summary>
public sealed class SampleOrder
{
    private sealed record EpochOrder(long Epoch, SamplePermutation Permutation);

    private readonly long _seed;
    private EpochOrder? _latest;

    public SampleOrder(long seed, SampleSources sources) => (_seed, Sources) = (seed, sources);

    /// <param name="count">Samples of the only source.</param>
    public SampleOrder(long seed, long count)
        : this(seed, new SampleSources(count))
    {
    }

    public SampleSources Sources { get; }

    /// <summary>Positions of an epoch.</summary>
    public long Count => Sources.Count;

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

        var place = order.Permutation[index];
        return Sources.Shares.Count == 1 ? new SampleReference(epoch, place) : Mixed(epoch, place);
    }

    /// <param name="place">Of the epoch, before the order is random: source after source, each with its quota.</param>
    private SampleReference Mixed(long epoch, long place)
    {
        var source = 0;
        for (; place >= Sources.PerEpoch(source); source++) place -= Sources.PerEpoch(source);
        var samples = Sources.Shares[source].Samples;
        var (pass, index) = Math.DivRem(epoch * Sources.PerEpoch(source) + place, samples);
        return new SampleReference(pass, Sources.First(source) + SamplePermutation.OfSource(_seed, source, pass, samples)[index]);
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
