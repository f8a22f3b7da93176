namespace Inception.Distributed.Coordinator.Machine;

/// <summary>Somebody wants the run to end early: the ranks agree on a step, and what they have is kept.</summary>
internal static class Stopping
{
    public static Decision OnAsked(RunState state, StopAsked asked)
    {
        if (asked.AsFailure) return Ending.Fail(state, $"{asked.Why} {Checkpointing.Capital(Checkpointing.Newest(state))}");
        if (state.StopReason is not null) return Decision.Ignore(state);
        if (state.LastWhole == 0) return Ending.Stop(state, $"Stopped before training started: {asked.Why}");
        if (state.Phase is Waiting && !state.Workers.Any(state.Holds))
            return Ending.Stop(state, $"Stopped while no worker was there: {asked.Why} {Checkpointing.Capital(Checkpointing.Newest(state))}");
        state = state with { StopReason = asked.Why };
        return new Decision(
            state,
            state.Phase is Executing executing ? [.. executing.Generation.ToAll(state, Messages.StopRequested(asked.Why))] : [],
            $"The run stops after the step in flight: {asked.Why}").Then(Membership.Review);
    }
}
