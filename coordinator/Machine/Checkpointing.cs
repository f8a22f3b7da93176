using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>Checkpoints are written in the background, so a report comes some steps after the order.</summary>
internal static class Checkpointing
{
    public static string DirectoryOf(RunSettings settings, long step) =>
        new CheckpointStore(settings.CheckpointRoot).DirectoryOf(step);

    public static Decision OnReported(RunState state, CheckpointReported reported)
    {
        if (reported.Error.Length > 0)
        {
            return Decision.To(
                state with { CheckpointFailure = new FailedCheckpoint(reported.Step, reported.Error) },
                $"The checkpoint of step {reported.Step} failed: {reported.Error} Training goes on; {Newest(state)}");
        }
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
            new PruneCheckpoints(state.Settings.Job.Checkpoint.Keep));
    }

    /// <summary>A sentence on what a later run can go on from.</summary>
    public static string Newest(RunState state) =>
        (state.LastCheckpoint?.Directory ?? state.Settings.Resume?.Directory) is { } directory
            ? $"the newest checkpoint is {directory}."
            : "no checkpoint has been written yet.";
}
