using System.Collections.Immutable;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Output;

/// <summary>
/// Writes <c>samples.jsonl</c>: for each applied step the samples that it took, in the order of the run's stream. A step's line is
/// written once every rank's part is there. For any thread.
/// </summary>
/// <param name="lines">Where the lines go.</param>
/// <param name="batch">Samples of a step.</param>
internal sealed class SampleLedger(JsonLines lines, int batch)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(long Generation, long Step), SortedDictionary<int, ImmutableArray<long>>> _parts = [];

    /// <param name="rank">Ranks hold consecutive micro-batches in ascending order.</param>
    public void Add(int rank, StepReport report)
    {
        lock (_lock)
        {
            var key = (report.Generation, report.Step);
            if (!_parts.TryGetValue(key, out var parts)) _parts.Add(key, parts = []);
            parts[rank] = [.. report.SampleIds];
            if (parts.Values.Sum(part => part.Length) < batch) return;
            lines.Write(new Line(report.Step, [.. parts.Values.SelectMany(part => part)]));
            _parts.Remove(key);
        }
    }

    private sealed record Line(long Step, ImmutableArray<long> Samples);
}
