using System.Threading.Channels;
using Inception.Distributed.Coordinator.Journal;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Metrics;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Coordinator.Loop;

/// <summary>
/// Decides one event after another. What has piled up meanwhile is decided in one go and journaled by one commit, since a commit waits for
/// the disk and a thousand workers speak at once; then the new states are published and the effects performed, in the order of the events.
/// </summary>
/// <param name="run">As the journal gives it; a new run's first state.</param>
internal sealed class RunLoop(RunState run, IJournal journal, StateFeed feed, RunCounters counters, TimeProvider time, ILogger<RunLoop> log) : IRunEvents
{
    // Nobody waits for the effects of an event for longer than this many others take to be decided.
    private const int MostInOneCommit = 256;

    private readonly Channel<Item> _items = Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true });

    public void Post(RunEvent @event, Action? whenDurable = null) => _items.Writer.TryWrite(new Item(@event, whenDurable, null));

    public void Observe(Action<RunState> take) => _items.Writer.TryWrite(new Item(null, null, take));

    /// <summary>Until <paramref name="cancellationToken"/> is cancelled, so that workers that come late still hear of the run's end.</summary>
    /// <exception cref="JournalException">Nothing that was decided since has left the process.</exception>
    public async Task RunAsync(IEffects effects, CancellationToken cancellationToken)
    {
        var state = run;
        feed.Publish(state, null, time.GetUtcNow());
        var batch = new List<Step>();
        while (await _items.Reader.WaitToReadAsync(cancellationToken))
        {
            while (batch.Count < MostInOneCommit && _items.Reader.TryRead(out var item))
            {
                if (item.Event is { } @event)
                {
                    var decision = RunMachine.Decide(state, @event);
                    batch.Add(new Step(@event, state, decision, item.WhenDurable, time.GetUtcNow()));
                    state = decision.State;
                }
                else
                {
                    // An observer takes what it sees as decided.
                    Conclude(batch, effects);
                    item.Take!(state);
                }
            }
            Conclude(batch, effects);
        }
    }

    private void Conclude(List<Step> batch, IEffects effects)
    {
        JournalEntry[] entries = [.. batch.Where(step => !step.Decision.IsNothing(step.Before)).Select(step => new JournalEntry(step.Event, step.Decision, step.At))];
        if (entries.Length > 0) journal.Commit(entries);
        foreach (var (@event, before, decision, whenDurable, at) in batch)
        {
            // One that changes nothing is as durable as what made it so.
            whenDurable?.Invoke();
            if (decision.IsNothing(before))
            {
                log.Ignored(@event.GetType().Name);
                continue;
            }
            counters.Count(before, decision);
            if (decision.Reason is not null) log.Decided(decision.Reason);
            foreach (var effect in decision.Effects)
                effects.Perform(effect, decision.State);
            feed.Publish(decision.State, decision.Reason, at);
        }
        batch.Clear();
    }

    private readonly record struct Step(RunEvent Event, RunState Before, Decision Decision, Action? WhenDurable, DateTimeOffset At);

    private readonly record struct Item(RunEvent? Event, Action? WhenDurable, Action<RunState>? Take);
}
