namespace Inception.Distributed.Coordinator.Machine;

/// <summary>What is due at a point of the run: first its checkpoint, then its evaluation, then further training, at last the end.</summary>
internal static class Schedule
{
    public static Order Next(RunState state, Generation generation, long id)
    {
        var (plan, progress) = (state.Plan!, state.Progress);
        var step = progress.Step;
        var isStopping = state.StopReason is not null || Membership.IsDeparting(state, generation);

        if ((isStopping || progress.OwesCheckpoint || plan.IsCheckpoint(step)) && progress.CheckpointedStep < step) return new Order(id, OrderKind.Checkpoint, step);
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
