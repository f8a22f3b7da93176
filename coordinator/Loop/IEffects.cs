using Inception.Distributed.Coordinator.Machine;

namespace Inception.Distributed.Coordinator.Loop;

/// <summary>Does what decisions want done.</summary>
internal interface IEffects
{
    /// <summary>Called by the run's loop, one effect at a time in the order of the decisions. Must not block.</summary>
    void Perform(Effect effect, RunState state);
}
