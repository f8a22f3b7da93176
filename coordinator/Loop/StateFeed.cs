using System.Collections.Immutable;
using Inception.Distributed.Coordinator.Machine;

namespace Inception.Distributed.Coordinator.Loop;

/// <summary>The present state for readers on other threads, and a signal at each change.</summary>
/// <param name="earlier">What the run's earlier processes told last, oldest first; null: nothing.</param>
internal sealed class StateFeed(IReadOnlyList<string>? earlier = null)
{
    public const int SentencesKept = 50;

    private volatile Snapshot? _current;
    private volatile TaskCompletionSource _change = NewSignal();

    /// <summary>Null until the loop has begun.</summary>
    public Snapshot? Current => _current;

    public RunState? State => _current?.State;

    /// <summary>Completes at the next change; take it before reading what may change.</summary>
    public Task NextChange => _change.Task;

    /// <summary>By the run's loop only.</summary>
    public void Publish(RunState state, string? sentence, DateTimeOffset at)
    {
        var sentences = _current?.Sentences ?? [.. earlier ?? []];
        if (sentence is not null)
        {
            if (sentences.Length == SentencesKept) sentences = sentences.RemoveAt(0);
            sentences = sentences.Add(sentence);
        }
        var since = _current is { } current && current.State.Phase.GetType() == state.Phase.GetType() ? current.Since : at;
        _current = new Snapshot(state, sentences, sentence ?? sentences.LastOrDefault() ?? "", since);
        Touch();
    }

    /// <summary>Signals a change of something beside the state, e.g. a step report. From any thread.</summary>
    public void Touch() => Interlocked.Exchange(ref _change, NewSignal()).TrySetResult();

    public async Task<RunOutcome> WaitForEndAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var change = NextChange;
            if (State?.Phase is Ended ended) return ended.Outcome;
            await change.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <param name="Sentences">The last ones told, oldest first.</param>
/// <param name="Since">When the run came into its present phase.</param>
internal sealed record Snapshot(RunState State, ImmutableArray<string> Sentences, string LastSentence, DateTimeOffset Since);
