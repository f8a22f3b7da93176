using Inception.Distributed.Coordinator.Machine;

namespace Inception.Distributed.Coordinator.Tests.Simulation;

/// <summary>What the simulated coordinator goes by: the real rules, or ones of which a test has spoilt one.</summary>
internal sealed record Rules
{
    public Func<RunState, RunEvent, Decision> Decide { get; init; } = RunMachine.Decide;

    /// <summary>Spoilt: effects leave before the journal holds what led to them.</summary>
    public bool EffectsBeforeJournal { get; init; }
}
