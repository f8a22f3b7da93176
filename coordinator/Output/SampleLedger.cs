using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Coordinator.Output;

/// <summary>
/// Writes <c>samples.jsonl</c>: for each applied step the samples that it took, in the order of the run's stream. A step's line is
/// written once every micro-batch has been told of. For any thread.
/// </summary>
/// <param name="lines">Where the lines go.</param>
/// <param name="batch">How a step is cut.</param>
/// <param name="firstStep">Applied steps at the start.</param>
internal sealed class SampleLedger(JsonLines lines, BatchSpec batch, long firstStep)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, SortedDictionary<int, ImmutableArray<SampleName>>> _parts = [];
    private long _lastStep = firstStep;

    /// <summary>The newest step in the file.</summary>
    public long LastStep
    {
        get
        {
            lock (_lock) return _lastStep;
        }
    }

    /// <summary>One rank's report. What is in the file already changes nothing.</summary>
    public void Add(StepReport report)
    {
        lock (_lock)
        {
            if (report.Step <= _lastStep) return;
            if (!_parts.TryGetValue(report.Step, out var parts)) _parts.Add(report.Step, parts = []);
            var samples = report.SampleIds.Select((number, i) => new SampleName(report.SampleSources.Count > 0 ? report.SampleSources[i] : null, number));
            foreach (var (microBatch, names) in report.MicroBatches.Zip(samples.Chunk(batch.MicroBatchSize))) parts[microBatch] = [.. names];
            WriteWhole();
        }
    }

    /// <summary>
    /// Every rank stands at this step. What a rank that was lost had not told of the steps up to it is put in by the order of samples, and
    /// marked as such: the step was applied, so all of its micro-batches went into it. Lines past the step are dropped.
    /// </summary>
    /// <param name="passed">Samples that rollbacks passed over.</param>
    public void Stand(long step, SampleOrder order, IReadOnlyList<PassedOver>? passed = null)
    {
        lock (_lock)
        {
            while (_lastStep < step) Write(_lastStep + 1, order, passed ?? []);
            _parts.Clear();
            if (_lastStep > step) lines.CutAfter(step);
            _lastStep = step;
        }
    }

    /// <summary>What is written is on the disk when this returns.</summary>
    public void Flush()
    {
        lock (_lock) lines.Flush();
    }

    private void WriteWhole()
    {
        while (_parts.TryGetValue(_lastStep + 1, out var parts) && parts.Count == batch.MicroBatches) Write(_lastStep + 1, null, []);
    }

    private void Write(long step, SampleOrder? order, IReadOnlyList<PassedOver> passed)
    {
        var told = _parts.GetValueOrDefault(step) ?? [];
        ImmutableArray<int> derived = [.. Enumerable.Range(0, batch.MicroBatches).Where(microBatch => !told.ContainsKey(microBatch))];
        foreach (var microBatch in derived)
        {
            var first = PassedOver.StreamStep(passed, step - 1) * batch.Global + microBatch * batch.MicroBatchSize;
            told[microBatch] = [.. Enumerable.Range(0, batch.MicroBatchSize).Select(i => NameOf(order!, order!.At(first + i).Sample))];
        }
        ImmutableArray<SampleName> samples = [.. told.Values.SelectMany(part => part)];
        var mixed = samples.Any(sample => sample.Source is not null);
        lines.Write(new Line(
            step, [.. samples.Select(sample => sample.Number)], mixed ? [.. samples.Select(sample => sample.Source!.Value)] : null, derived.IsEmpty ? null : derived));
        _parts.Remove(step);
        _lastStep = step;
    }

    private static SampleName NameOf(SampleOrder order, long sample)
    {
        var (source, number) = order.Sources.Locate(sample);
        return new SampleName(order.Sources.Shares.Count > 1 ? source : null, number);
    }

    /// <param name="Source">Its place in data.train; null: there is only one.</param>
    /// <param name="Number">Within the source.</param>
    private readonly record struct SampleName(int? Source, long Number);

    /// <param name="Sources">Of each sample, where several are mixed; else null.</param>
    /// <param name="Derived">Micro-batches whose rank was lost before it had told of them; null: none.</param>
    private sealed record Line(
        long Step, ImmutableArray<long> Samples, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<int>? Sources,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<int>? Derived);
}
