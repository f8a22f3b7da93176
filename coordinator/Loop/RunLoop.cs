using System.Threading.Channels;
using Inception.Distributed.Coordinator.Journal;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Metrics;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Coordinator.Loop;

/// <summary>One event after another: decide, journal, publish the new state, perform the effects.</summary>
/// <param name="run">As the journal gives it; a new run's first state.</param>
internal sealed class RunLoop(RunState run, IJournal journal, StateFeed feed, RunCounters counters, TimeProvider time, ILogger<RunLoop> log) : IRunEvents
{
    private readonly Channel<Item> _items = Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true });

    public void Post(RunEvent @event, Action? whenDurable = null) => _items.Writer.TryWrite(new Item(@event, whenDurable, null));

    public void Observe(Action<RunState> take) => _items.Writer.TryWrite(new Item(null, null, take));

    /// <summary>Until <paramref name="cancellationToken"/> is cancelled, so that workers that come late still hear of the run's end.</summary>
    /// <exception cref="JournalException">Nothing that was decided since has left the process.</exception>
    public async Task RunAsync(IEffects effects, CancellationToken cancellationToken)
    {
        var state = run;
        feed.Publish(state, null, time.GetUtcNow());
        await foreach (var (@event, whenDurable, take) in _items.Reader.ReadAllAsync(cancellationToken))
        {
            if (@event is null)
            {
                take!(state);
                continue;
            }
            var decision = RunMachine.Decide(state, @event);
            if (decision.IsNothing(state))
            {
                log.Ignored(@event.GetType().Name);
                whenDurable?.Invoke();
                continue;
            }
            var now = time.GetUtcNow();
            journal.Commit(@event, decision, now);
            whenDurable?.Invoke();
            counters.Count(state, decision);
            state = decision.State;
            if (decision.Reason is not null) log.Decided(decision.Reason);
            foreach (var effect in decision.Effects)
                effects.Perform(effect, state);
            feed.Publish(state, decision.Reason, now);
        }
    }

    private readonly record struct Item(RunEvent? Event, Action? WhenDurable, Action<RunState>? Take);
}
