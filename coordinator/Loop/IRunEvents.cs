using Inception.Distributed.Coordinator.Machine;

namespace Inception.Distributed.Coordinator.Loop;

/// <summary>Where everything that happens is reported.</summary>
internal interface IRunEvents
{
    /// <summary>From any thread; never blocks. Events are decided in the order in which they come.</summary>
    void Post(RunEvent @event);
}
