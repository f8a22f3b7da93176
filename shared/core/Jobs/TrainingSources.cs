using System.Collections;
using System.Runtime.CompilerServices;

namespace Inception.Distributed.Jobs;

/// <summary>The datasets that a job trains on, in the order of the job file; immutable. Lists of equal sources are equal.</summary>
[CollectionBuilder(typeof(TrainingSources), nameof(Create))]
public sealed class TrainingSources : IReadOnlyList<SourceSpec>, IEquatable<TrainingSources>
{
    private readonly SourceSpec[] _sources;

    private TrainingSources(SourceSpec[] sources) => _sources = sources;

    public int Count => _sources.Length;

    public SourceSpec this[int index] => _sources[index];

    public static TrainingSources Create(ReadOnlySpan<SourceSpec> sources) => new(sources.ToArray());

    /// <summary>How messages and hashes call a source: <c>data.train</c> where it is the only one, else <c>data.train[0]</c> and so on.</summary>
    /// <param name="path">Of the field that holds the sources.</param>
    public string PathOf(string path, int index) => Count == 1 ? path : $"{path}[{index}]";

    public bool Equals(TrainingSources? other) => other is not null && _sources.AsSpan().SequenceEqual(other._sources);

    public override bool Equals(object? obj) => Equals(obj as TrainingSources);

    public override int GetHashCode() => _sources.Aggregate(_sources.Length, HashCode.Combine);

    public IEnumerator<SourceSpec> GetEnumerator() => _sources.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
