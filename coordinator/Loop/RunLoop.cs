using System.Threading.Channels;
using Inception.Distributed.Coordinator.Journal;
using Inception.Distributed.Coordinator.Machine;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Coordinator.Loop;

/// <summary>One event after another: decide, journal, publish the new state, perform the effects.</summary>
internal sealed class RunLoop(RunSettings settings, IJournal journal, StateFeed feed, TimeProvider time, ILogger<RunLoop> log) : IRunEvents
{
    private readonly Channel<RunEvent> _events = Channel.CreateUnbounded<RunEvent>(new UnboundedChannelOptions { SingleReader = true });

    public void Post(RunEvent @event) => _events.Writer.TryWrite(@event);

    /// <summary>Until <paramref name="cancellationToken"/> is cancelled, so that workers that come late still hear of the run's end.</summary>
    /// <exception cref="JournalException">Nothing that was decided since has left the process.</exception>
    public async Task RunAsync(IEffects effects, CancellationToken cancellationToken)
    {
        var state = new RunState(settings);
        feed.Publish(state, null);
        await foreach (var @event in _events.Reader.ReadAllAsync(cancellationToken))
        {
            var decision = RunMachine.Decide(state, @event);
            if (ReferenceEquals(decision.State, state) && decision.Effects.IsEmpty && decision.Reason is null)
            {
                log.Ignored(@event.GetType().Name);
                continue;
            }
            journal.Commit(@event, decision, time.GetUtcNow());
            state = decision.State;
            if (decision.Reason is not null) log.Decided(decision.Reason);
            foreach (var effect in decision.Effects)
                effects.Perform(effect, state);
            feed.Publish(state, decision.Reason);
        }
    }
}
