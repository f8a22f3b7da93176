namespace Inception.Distributed.Coordinator.Machine;

/// <summary>What is due at a point of the run: first its checkpoint, then its evaluation, then further training, at last the end.</summary>
internal static class Schedule
{
    public static Order Next(RunState state, Generation generation, long id)
    {
        var (plan, progress) = (state.Plan!, state.Progress);
        var step = progress.Step;
        var isStopping = state.StopReason is not null || Membership.IsDeparting(state, generation);

        // Nobody waits at the end for a writer that is no member any more: one that is writes it again.
        var isWrittenElsewhere = (isStopping || step >= plan.TotalSteps)
            && state.CheckpointsInFlight.TryGetValue(step, out var writer) && generation.Find(writer) is null;
        if ((isStopping || progress.OwesCheckpoint || plan.IsCheckpoint(step)) && (progress.CheckpointedStep < step || isWrittenElsewhere)) return new Order(id, OrderKind.Checkpoint, step);
        if (!isStopping && plan.IsEvaluation(step) && progress.EvaluatedStep < step) return new Order(id, OrderKind.Evaluate, step);
        return isStopping || step >= plan.TotalSteps
            ? new Order(id, OrderKind.Finish, step)
            : new Order(id, OrderKind.Train, plan.NextBoundary(step));
    }

    /// <summary>Nothing of the job is left to do, whether or not somebody wants the run to stop.</summary>
    public static bool IsComplete(RunState state) =>
        state.Progress.Step >= state.Plan!.TotalSteps
        && (!state.Plan.IsEvaluation(state.Progress.Step) || state.Progress.EvaluatedStep == state.Progress.Step);
}
