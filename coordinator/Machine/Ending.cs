namespace Inception.Distributed.Coordinator.Machine;

/// <summary>How the run ends. Every open session is told.</summary>
internal static class Ending
{
    public static Decision Fail(RunState state, string reason, int exitCode = ExitCodes.Failed) =>
        End(state, new RunOutcome(RunEnding.Failed, reason, exitCode, state.Progress.Step, Members(state)));

    public static Decision Stop(RunState state, string reason) =>
        End(state, new RunOutcome(RunEnding.Stopped, reason, ExitCodes.Stopped, state.Progress.Step, Members(state)));

    /// <summary>All ranks have completed the order to finish.</summary>
    public static Decision Conclude(RunState state, Executing executing)
    {
        var completed = executing.Completed;
        var difference = Ranks.Disagree(completed, completion => completion.WeightsSha256)
            ?? Ranks.Disagree(completed, completion => completion.StateSha256);
        if (difference is not null) return Fail(state, $"The ranks end with different states: {difference}.");
        var step = state.Progress.Step;
        var (ending, exitCode, reason) = Schedule.IsComplete(state)
            ? (RunEnding.Finished, ExitCodes.Finished, $"All {step} steps are done.")
            : (RunEnding.Stopped, ExitCodes.Stopped, $"Stopped after step {step} of {state.Plan!.TotalSteps}: {state.StopReason}");
        if (state.HaltReason is { } halt) (ending, exitCode, reason) = (RunEnding.Failed, ExitCodes.Halted, $"Halted after step {step} of {state.Plan!.TotalSteps}: {halt}");
        // Whoever waits for the run's end must not take it for one whose result can be used.
        if (Checkpointing.Failure(state, step) is { } failure)
            (ending, exitCode, reason) = (RunEnding.Failed, state.HaltReason is null ? ExitCodes.Failed : ExitCodes.Halted, $"{reason} But the state after step {step} is not saved: {failure} {Checkpointing.Capital(Checkpointing.Newest(state))}");
        var result = completed.Values.First();
        return End(state, new RunOutcome(ending, reason, exitCode, step, completed.Count, result.WeightsSha256, result.StateSha256));
    }

    private static int Members(RunState state) => state.Phase is Active active ? active.Generation.Members.Length : 0;

    private static Decision End(RunState state, RunOutcome outcome) => new(
        state with { Phase = new Ended(outcome) },
        [
            new EndRun(outcome),
            .. state.Workers.Select(worker => worker.Session).OfType<SessionId>().Select(session => new Send(session, Messages.Finished(outcome))),
        ],
        outcome.Reason);
}
