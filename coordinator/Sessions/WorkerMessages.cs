using System.Collections.Immutable;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Sessions;

/// <summary>A worker's messages as events of the run.</summary>
internal static class WorkerMessages
{
    /// <param name="lastSequence">The newest of the worker's messages that has arrived.</param>
    public static WorkerJoined Joined(SessionId session, Hello hello, long lastSequence) =>
        new(session, hello.WorkerId, hello.Host, hello.Device, hello.ProcessId, Standing(hello.Standing), lastSequence);

    /// <returns>Null: no message that may come after Hello and decides something.</returns>
    public static RunEvent? ToEvent(SessionId session, WorkerMessage message) => message.MessageCase switch
    {
        WorkerMessage.MessageOneofCase.Fingerprint => new WorkerFingerprinted(session, Fingerprint(message.Fingerprint)),
        WorkerMessage.MessageOneofCase.Formed => new WorkerFormed(
            session, message.Formed.Generation, message.Formed.Step, message.Formed.StateSha256, message.Formed.SourceRank,
            message.Formed.KeptMicroBatches),
        WorkerMessage.MessageOneofCase.FormingFailed =>
            new Machine.FormingFailed(session, message.FormingFailed.Generation, message.FormingFailed.Reason, [.. message.FormingFailed.Unheard]),
        WorkerMessage.MessageOneofCase.OrderCompleted => new Machine.OrderCompleted(
            session, message.OrderCompleted.Generation, message.OrderCompleted.OrderId, message.OrderCompleted.Step,
            message.OrderCompleted.WeightsSha256,
            message.OrderCompleted.StateDigest.Length > 0 ? message.OrderCompleted.StateDigest : message.OrderCompleted.StateSha256,
            message.OrderCompleted.Bad is { } bad ? new Machine.BadNumbers(bad.What, bad.Loss, bad.GradientNorm, bad.IsSpike) : null),
        WorkerMessage.MessageOneofCase.EvaluationReport => new BlocksEvaluated(
            session, message.EvaluationReport.Generation, message.EvaluationReport.Step,
            [.. message.EvaluationReport.Blocks.Select(Block)],
            message.EvaluationReport.Seconds),
        WorkerMessage.MessageOneofCase.CheckpointReport => new CheckpointReported(
            session, message.CheckpointReport.Generation, message.CheckpointReport.Step, message.CheckpointReport.Directory,
            message.CheckpointReport.ManifestSha256, message.CheckpointReport.Bytes, message.CheckpointReport.Seconds,
            message.CheckpointReport.Error, message.CheckpointReport.RetryIn),
        WorkerMessage.MessageOneofCase.PeerLost => new PeerReportedLost(
            session, message.PeerLost.Generation, message.PeerLost.Step, message.PeerLost.During, message.PeerLost.Detail,
            [.. message.PeerLost.Unheard]),
        WorkerMessage.MessageOneofCase.Available => new WorkerAvailable(session, message.Available.Ticket),
        WorkerMessage.MessageOneofCase.Leaving => new WorkerLeaving(session, message.Leaving.Reason),
        WorkerMessage.MessageOneofCase.Fatal => new WorkerFailed(session, message.Fatal.Reason, message.Fatal.UserError),
        _ => null,
    };

    /// <summary>The generation that a message speaks of as a member of it; null: none.</summary>
    public static long? GenerationOf(WorkerMessage message) => message.MessageCase switch
    {
        WorkerMessage.MessageOneofCase.Formed => message.Formed.Generation,
        WorkerMessage.MessageOneofCase.FormingFailed => message.FormingFailed.Generation,
        WorkerMessage.MessageOneofCase.StepReport => message.StepReport.Generation,
        WorkerMessage.MessageOneofCase.EvaluationReport => message.EvaluationReport.Generation,
        WorkerMessage.MessageOneofCase.CheckpointReport => message.CheckpointReport.Generation,
        WorkerMessage.MessageOneofCase.OrderCompleted => message.OrderCompleted.Generation,
        WorkerMessage.MessageOneofCase.PeerLost => message.PeerLost.Generation,
        _ => null,
    };

    private static EvaluatedBlock Block(EvaluationBlock block) => new(
        block.Index, block.Images, block.Top1Correct, block.Top5Correct, block.LossSum,
        block.Raw is { } raw ? new Machine.RawFigures(raw.Top1Correct, raw.Top5Correct, raw.LossSum) : null);

    private static Machine.Standing? Standing(Protocol.Standing? standing) => standing is null ? null : new Machine.Standing(
        standing.Generation, standing.HeldGeneration, standing.HeldStep, standing.Fingerprint is null ? null : Fingerprint(standing.Fingerprint));

    private static Machine.Fingerprint Fingerprint(Protocol.Fingerprint fingerprint) => new(
        fingerprint.Properties.ToImmutableSortedDictionary(StringComparer.Ordinal), fingerprint.TrainSamples, fingerprint.ValidationSamples);
}
