using Google.Protobuf.Collections;
using Inception.Distributed.Evaluation;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Evaluation;

/// <summary>
/// What is known of an evaluation under way: what its workers must have in common, which blocks are done, and how it ended. For any thread.
/// </summary>
internal sealed class EvaluationRun(EvaluationOptions options, TimeProvider time, Action<EvaluationProgress> onProgress, Action<string> onNews)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<EvaluationResult> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<string> _contributors = [];
    private readonly SortedSet<long> _corrupt = [];
    private SortedDictionary<string, string>? _properties;
    private long _setImages;
    private IReadOnlyList<ImageOutcome>[] _blocks = [];
    private BlockQueue? _queue;
    private long _evaluated;
    private long _started;
    private int _workers;

    public Task<EvaluationResult> End => _end.Task;

    private long Images => _setImages - options.LeftOut.Count;

    /// <summary>The first worker's libraries, data and checkpoints are the measure of the others.</summary>
    /// <returns>The queue to work through, or the reason why the worker is refused.</returns>
    public (BlockQueue? Queue, string? Refusal) Join(Fingerprint fingerprint)
    {
        lock (_gate)
        {
            _properties ??= Begin(fingerprint);
            if (Difference(fingerprint.Properties) is { } difference) return (null, difference);
            _workers++;
            Tell();
            return (_queue, null);
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            _workers--;
            Tell();
        }
    }

    public void Add(string worker, EvaluationBlock block)
    {
        lock (_gate)
        {
            var outcomes = Outcomes(block);
            _queue!.Complete(block.Index);
            _blocks[block.Index] = outcomes;
            _corrupt.UnionWith(block.Outcomes.Corrupt);
            _evaluated += outcomes.Count;
            _contributors.Add(worker);
            Tell();
            if (_evaluated < Images) return;
            _end.TrySetResult(new EvaluationResult(
                _blocks, [.. _corrupt], _setImages, _properties!["validation data"], _contributors.Count, time.GetElapsedTime(_started).TotalSeconds));
        }
    }

    /// <summary>A worker can't use the checkpoints or the images. Others may still be able to, unless it is the first, or was able to itself.</summary>
    public void Blame(string worker, bool hasJoined, IReadOnlyList<Problem> problems)
    {
        lock (_gate)
        {
            if (hasJoined || _properties is null) Fail(new UserErrorException(problems));
            else onNews($"Worker {worker} can't take part: {string.Join("; ", problems.Select(problem => $"{problem.Where}: {problem.Message}"))}");
        }
    }

    /// <summary>A worker's session has ended before the evaluation.</summary>
    public void Lose(string worker, string how)
    {
        if (!End.IsCompleted) onNews($"Worker {worker} is gone: {how}; what it had in hand goes to another.");
    }

    public void Fail(Exception reason) => _end.TrySetException(reason);

    private SortedDictionary<string, string> Begin(Fingerprint fingerprint)
    {
        _setImages = fingerprint.ValidationSamples;
        _blocks = new IReadOnlyList<ImageOutcome>[EvaluationPlan.Blocks(options.Job, options.Crops, Images)];
        _queue = new BlockQueue(_blocks.Length);
        _started = time.GetTimestamp();
        return new SortedDictionary<string, string>(fingerprint.Properties, StringComparer.Ordinal);
    }

    private string? Difference(MapField<string, string> properties)
    {
        foreach (var (name, expected) in _properties!)
        {
            var actual = properties.TryGetValue(name, out var value) ? value : "(none)";
            if (actual != expected) return $"its {name} is {actual}, that of the first worker is {expected}; the figures could differ in the last bits";
        }

        return null;
    }

    private static List<ImageOutcome> Outcomes(EvaluationBlock block)
    {
        var all = block.Outcomes;
        return
        [
            .. Enumerable.Range(0, block.Images)
                .Select(i => new ImageOutcome(all.Images[i], all.Labels[i], all.Predictions[i], all.Ranks[i], all.Losses[i])),
        ];
    }

    private void Tell() => onProgress(new EvaluationProgress(_evaluated, Images, _workers));
}
