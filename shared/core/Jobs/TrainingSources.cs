using System.Runtime.CompilerServices;

namespace Inception.Distributed.Jobs;

/// <summary>The datasets that a job trains on.</summary>
[CollectionBuilder(typeof(TrainingSources), nameof(Create))]
public sealed class TrainingSources : ValueList<SourceSpec>
{
    private TrainingSources(ReadOnlySpan<SourceSpec> sources)
        : base(sources)
    {
    }

    public static TrainingSources Create(ReadOnlySpan<SourceSpec> sources) => new(sources);

    /// <summary>How messages and hashes call a source: <c>data.train</c> where it is the only one, else <c>data.train[0]</c> and so on.</summary>
    /// <param name="path">Of the field that holds the sources.</param>
    public string PathOf(string path, int index) => Count == 1 ? path : $"{path}[{index}]";
}
