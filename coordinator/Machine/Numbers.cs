using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>
/// A step that all ranks found bad and none has applied. Where a rollback goes follows from the job alone, not from which checkpoints were
/// written when: to the last step at which one is due. If that one is not there, an older one is taken, and the steps between are done again.
/// </summary>
internal static class Numbers
{
    public static Decision OnBad(RunState state, Executing executing, BadNumbers bad)
    {
        var spec = state.Settings.Job.Numbers;
        var step = state.Progress.Step;
        var sentence = $"Step {step + 1} is bad: {bad.What} ({FormattableString.Invariant($"loss {bad.Loss:0.####}, gradient norm {bad.GradientNorm:0.####}")}).";
        if ((bad.IsSpike ? spec.Spike : spec.NonFinite) != NumbersPolicy.Rollback) return Halt(state, executing, sentence);
        return state.PassedOver.Length < spec.Rollbacks && state.StopReason is null
            ? GoBack(state, bad.What, sentence)
            : Halt(state, executing, state.StopReason is null ? $"{sentence} The job allows {Formation.Count(spec.Rollbacks, "rollback")}, and so many there were." : sentence);
    }

    /// <summary>A checkpoint belongs to the run's present line of steps, also after rollbacks.</summary>
    /// <param name="passedOver">As it says itself.</param>
    public static bool IsOfThisLine(RunState state, long step, IReadOnlyList<PassedOver> passedOver) =>
        PassedOver.AreAlikeUpTo(step, state.PassedOver, passedOver) && step <= (state.GoingBackTo ?? long.MaxValue);

    private static Decision GoBack(RunState state, string what, string sentence)
    {
        var step = state.Progress.Step;
        var every = state.Settings.Job.Checkpoint.EverySteps;
        var to = every > 0 ? step - step % every : 0;
        var passed = new PassedOver(to, step + 1 - to);
        state = state with
        {
            PassedOver = state.PassedOver.Add(passed),
            Rollbacks = state.Rollbacks.Add(new Rollback(step + 1, to, what)),
            GoingBackTo = to,
            // What anybody holds, in whatever generation until now, counts for nothing, nor does a checkpoint of what comes after.
            LastWhole = state.LastGeneration + 1,
            Start = null,
            Workers = [.. state.Workers.Select(worker => worker with { HeldGeneration = 0 })],
            CheckpointsInFlight = state.CheckpointsInFlight.RemoveRange(state.CheckpointsInFlight.Keys.Where(writing => writing > to)),
            LastCheckpoint = state.LastCheckpoint?.Step > to ? null : state.LastCheckpoint,
            Phase = new Waiting(),
            Settling = null,
        };
        return Decision.To(
            state, $"{sentence} The run goes back to step {to}, and passes over the samples of {Formation.Count(passed.Steps, "step")}.").Then(Membership.Review);
    }

    // As a stop, but for how it ends: the state is that before the bad step, and is saved.
    private static Decision Halt(RunState state, Executing executing, string sentence)
    {
        state = state with { StopReason = state.StopReason ?? sentence, HaltReason = sentence };
        return Decision.To(state, $"{sentence} The run is halted, with the state of step {state.Progress.Step}.")
            .Then(next => Orders.GiveNext(next, executing.Generation, executing.Order.Id + 1));
    }
}
