namespace Inception.Distributed.Coordinator.Machine;

/// <summary>Somebody wants the run to end early: the ranks agree on a step, and what they have is kept.</summary>
internal static class Stopping
{
    public static Decision OnAsked(RunState state, StopAsked asked)
    {
        if (state.StopReason is not null) return Decision.Ignore(state);
        state = state with { StopReason = asked.Why };
        return state.Phase is Executing executing
            ? new Decision(
                state,
                [.. executing.Generation.Members.Select(member => new Send(member.Session, Messages.StopRequested(asked.Why)))],
                $"The run stops after the step in flight: {asked.Why}")
            : Ending.Stop(state, $"Stopped before training started: {asked.Why}");
    }
}
