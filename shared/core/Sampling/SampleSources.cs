namespace Inception.Distributed.Sampling;

/// <summary>One of the datasets that a run's samples come from.</summary>
/// <param name="Weight">Its part of the stream, in relation to the other sources' weights; above 0.</param>
public readonly record struct SourceShare(long Samples, double Weight);

/// <summary>
/// The datasets that a run's samples come from: one, or several mixed by weight. Samples are numbered through, source after source.
/// Immutable.
/// </summary>
public sealed class SampleSources
{
    private readonly SourceShare[] _shares;
    private readonly long[] _firsts;
    private readonly long[] _quotas;

    public SampleSources(IReadOnlyList<SourceShare> shares)
    {
        ArgumentOutOfRangeException.ThrowIfZero(shares.Count, nameof(shares));
        foreach (var share in shares)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share.Samples, nameof(shares));
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share.Weight, nameof(shares));
        }

        _shares = [.. shares];
        _firsts = new long[_shares.Length];
        for (var source = 0; source < _shares.Length; source++)
        {
            _firsts[source] = Count;
            Count += _shares[source].Samples;
        }

        _quotas = Apportion(_shares, Count);
    }

    /// <summary>A single source.</summary>
    public SampleSources(long samples)
        : this([new SourceShare(samples, 1)])
    {
    }

    public IReadOnlyList<SourceShare> Shares => _shares;

    /// <summary>Samples of all sources, which is also an epoch's length.</summary>
    public long Count { get; }

    /// <summary>The number of a source's first sample.</summary>
    public long First(int source) => _firsts[source];

    /// <summary>
    /// Positions of each epoch that belong to a source: its part by weight, rounded so that all sum up to an epoch (largest remainder, of equals
    /// the first). 0: it is too light for one.
    /// </summary>
    public long PerEpoch(int source) => _quotas[source];

    /// <summary>The source of a sample, and the sample's number in it.</summary>
    public (int Source, long Number) Locate(long sample)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sample);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sample, Count);
        var source = _firsts.Length - 1;
        while (_firsts[source] > sample) source--;
        return (source, sample - _firsts[source]);
    }

    private static long[] Apportion(SourceShare[] shares, long count)
    {
        var total = 0.0;
        foreach (var share in shares) total += share.Weight;
        var exact = Array.ConvertAll(shares, share => count * (share.Weight / total));
        var quotas = Array.ConvertAll(exact, part => Math.Min((long)part, count));
        var left = count - quotas.Sum();
        foreach (var source in Enumerable.Range(0, shares.Length).OrderByDescending(source => exact[source] - quotas[source]).Take((int)left)) quotas[source]++;
        return quotas;
    }
}
