using System.Globalization;
using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>
/// Checkpoints are written in the background, so a report comes some steps after the order, and in a later generation perhaps. One whose
/// writer is lost is ordered again, at the step that the run has come to.
/// </summary>
internal static class Checkpointing
{
    public static string DirectoryOf(RunSettings settings, long step) =>
        new CheckpointStore(settings.CheckpointRoot).DirectoryOf(step);

    public static RunState Begin(RunState state, long step, string writer) => state with
    {
        CheckpointsInFlight = state.CheckpointsInFlight.SetItem(step, writer),
        Progress = state.Progress with { OwesCheckpoint = false },
    };

    public static Decision OnReported(RunState state, CheckpointReported reported)
    {
        if (!state.CheckpointsInFlight.TryGetValue(reported.Step, out var writer) || writer != state.Find(reported.Session)!.WorkerId)
            return Decision.Ignore(state);
        if (reported.Error.Length > 0) return OnFailed(state, reported);
        state = state with { CheckpointsInFlight = state.CheckpointsInFlight.Remove(reported.Step) };
        var checkpoint = new CommittedCheckpoint(
            reported.Step, reported.Directory, reported.ManifestSha256, reported.Bytes, reported.Seconds);
        return Decision.To(
            state with
            {
                LastCheckpoint = state.LastCheckpoint is { } last && last.Step > checkpoint.Step ? last : checkpoint,
                CheckpointFailure = state.CheckpointFailure?.Step <= checkpoint.Step ? null : state.CheckpointFailure,
            },
            FormattableString.Invariant(
                $"The checkpoint of step {checkpoint.Step} is committed ({checkpoint.Bytes / 1e6:F1} MB in {checkpoint.Seconds:F1} s)."),
            new RecordCheckpoint(reported.Generation, checkpoint),
            Prune(state, checkpoint.Directory)).Then(Membership.Review);
    }

    /// <summary>Nothing comes after it, or somebody waits for it.</summary>
    public static bool IsRequired(RunState state, long step) =>
        step == state.Plan!.TotalSteps || state.StopReason is not null || state.Workers.Any(worker => worker.Leaving is not null);

    private static Decision OnFailed(RunState state, CheckpointReported reported)
    {
        state = state with { CheckpointFailure = new FailedCheckpoint(reported.Step, reported.Error) };
        var sentence = $"The checkpoint of step {reported.Step} failed: {reported.Error}";
        if (reported.RetryIn > 0)
            return Decision.To(state, FormattableString.Invariant($"{sentence} It is tried again in {reported.RetryIn:0.###} s. Training goes on; {Newest(state)}"));
        return Decision.To(
            state with { CheckpointsInFlight = state.CheckpointsInFlight.Remove(reported.Step) },
            $"{sentence} Training goes on; {Newest(state)}").Then(Membership.Review);
    }

    /// <summary>What keeps the state of this step from being saved, a sentence; null: nothing does.</summary>
    public static string? Failure(RunState state, long step) => state.CheckpointFailure is { } failure && failure.Step == step ? failure.Error : null;

    /// <summary>What retention may remove is looked at anew.</summary>
    /// <param name="durable">As in <see cref="PruneCheckpoints"/>.</param>
    public static PruneCheckpoints Prune(RunState state, string durable) => new(durable, state.Start?.Checkpoint ?? "");

    /// <summary>The generation ends. A checkpoint that its writer has not said to have begun may never be.</summary>
    public static RunState Abandon(RunState state, Active active) =>
        active is Executing { Order: { Kind: OrderKind.Checkpoint, Step: var step }, Completed: var completed } && !completed.ContainsKey(0)
            ? state with { CheckpointsInFlight = state.CheckpointsInFlight.Remove(step) }
            : state;

    /// <summary>The search for a starting point has come to an end.</summary>
    public static Decision OnFound(RunState state, CheckpointFound found)
    {
        if (state.Phase is not Waiting { IsSearching: true } waiting) return Decision.Ignore(state);
        if (found.Directory.Length == 0 && state.PassedOver.IsEmpty && (state.LastCheckpoint?.Directory ?? state.Settings.Resume?.Directory) is { } gone)
            return Ending.Fail(state, $"All that held the state of the run are gone, and {gone}, which was committed, is whole no more. No other checkpoint is.");
        var sentence = state.GoingBackTo is not null ? Back(found) : found.Directory.Length > 0
            ? $"All that held the state of the run are gone; it goes on from {found.Directory}."
            : "All that held the state of the run are gone, and no checkpoint is whole; it starts again from the beginning.";
        return Decision.To(
            state with { Phase = waiting with { IsSearching = false }, Start = new StartingPoint(found.Step, found.Directory) }, sentence)
            .Then(Membership.Review);
    }

    private static string Back(CheckpointFound found) =>
        found.Directory.Length > 0 ? $"It goes on from {found.Directory}." : "There is no checkpoint before it; the run begins again.";

    /// <summary>What the worker was writing is lost with it.</summary>
    public static RunState LoseWriter(RunState state, string workerId)
    {
        if (!state.CheckpointsInFlight.ContainsValue(workerId)) return state;
        var saved = state.LastCheckpoint?.Step ?? state.Settings.FirstStep;
        return state with
        {
            CheckpointsInFlight = state.CheckpointsInFlight.RemoveRange(
                state.CheckpointsInFlight.Where(entry => entry.Value == workerId).Select(entry => entry.Key)),
            Progress = state.Progress with { CheckpointedStep = Math.Min(saved, state.Progress.CheckpointedStep), OwesCheckpoint = true },
        };
    }

    /// <summary>Where a generation stands whose members are at <paramref name="step"/>: back from what was done past it, if the state was lost.</summary>
    public static Progress ProgressAt(RunState state, long step)
    {
        var progress = state.Progress;
        var isBeingWritten = state.CheckpointsInFlight.ContainsKey(step);
        return progress with
        {
            Step = step,
            CheckpointedStep = isBeingWritten ? step : Math.Min(progress.CheckpointedStep, step),
            EvaluatedStep = Math.Min(progress.EvaluatedStep, step),
            OwesCheckpoint = progress.OwesCheckpoint && step > (state.LastCheckpoint?.Step ?? state.Settings.FirstStep),
        };
    }

    /// <summary>A sentence on what a later run can go on from.</summary>
    public static string Newest(RunState state) =>
        (state.LastCheckpoint?.Directory ?? state.Settings.Resume?.Directory) is { } directory
            ? $"the newest checkpoint is {directory}."
            : "no checkpoint has been written yet.";

    public static string Capital(string sentence) => char.ToUpper(sentence[0], CultureInfo.InvariantCulture) + sentence[1..];
}
