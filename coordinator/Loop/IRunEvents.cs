using Inception.Distributed.Coordinator.Machine;

namespace Inception.Distributed.Coordinator.Loop;

/// <summary>Where everything that happens is reported.</summary>
internal interface IRunEvents
{
    /// <summary>From any thread; never blocks. Events are decided in the order in which they come.</summary>
    /// <param name="whenDurable">Called when the event is in the journal, or has turned out to mean nothing.</param>
    void Post(RunEvent @event, Action? whenDurable = null);

    /// <summary>Something that decides nothing, told in its order among the events. From any thread; never blocks.</summary>
    /// <param name="take">Called by the run's loop with the state of that moment.</param>
    void Observe(Action<RunState> take);
}
