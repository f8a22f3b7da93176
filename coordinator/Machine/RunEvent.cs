using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>
/// Something that happened. The journal keeps every event as JSON: a name in <see cref="JsonDerivedTypeAttribute"/> is part of
/// the journal's format.
/// </summary>
[JsonDerivedType(typeof(WorkerJoined), "worker-joined")]
[JsonDerivedType(typeof(WorkerFingerprinted), "worker-fingerprinted")]
[JsonDerivedType(typeof(WorkerFormed), "worker-formed")]
[JsonDerivedType(typeof(FormingFailed), "forming-failed")]
[JsonDerivedType(typeof(OrderCompleted), "order-completed")]
[JsonDerivedType(typeof(BlocksEvaluated), "blocks-evaluated")]
[JsonDerivedType(typeof(CheckpointReported), "checkpoint-reported")]
[JsonDerivedType(typeof(PeerReportedLost), "peer-reported-lost")]
[JsonDerivedType(typeof(WorkerFailed), "worker-failed")]
[JsonDerivedType(typeof(WorkerLost), "worker-lost")]
[JsonDerivedType(typeof(StopAsked), "stop-asked")]
[JsonDerivedType(typeof(EvidenceWindowClosed), "evidence-window-closed")]
internal abstract record RunEvent;

internal abstract record WorkerEvent(SessionId Session) : RunEvent;

/// <summary>Of a member; without effect when the generation is not the present one.</summary>
internal abstract record GenerationEvent(SessionId Session, long Generation) : WorkerEvent(Session);

internal sealed record WorkerJoined(SessionId Session, string WorkerId, string Host, string Device, int ProcessId) : WorkerEvent(Session);

internal sealed record WorkerFingerprinted(SessionId Session, Fingerprint Fingerprint) : WorkerEvent(Session);

internal sealed record WorkerFormed(SessionId Session, long Generation, long Step, string StateSha256) : GenerationEvent(Session, Generation);

internal sealed record FormingFailed(SessionId Session, long Generation, string Why) : GenerationEvent(Session, Generation);

internal sealed record OrderCompleted(SessionId Session, long Generation, long OrderId, long Step, string WeightsSha256, string StateSha256)
    : GenerationEvent(Session, Generation);

internal sealed record BlocksEvaluated(SessionId Session, long Generation, long Step, ImmutableArray<EvaluatedBlock> Blocks, double Seconds)
    : GenerationEvent(Session, Generation);

/// <param name="Error">Empty: the checkpoint is committed.</param>
internal sealed record CheckpointReported(
    SessionId Session, long Generation, long Step, string Directory, string ManifestSha256, long Bytes, double Seconds, string Error)
    : GenerationEvent(Session, Generation);

/// <summary>A survivor's word from the data plane.</summary>
internal sealed record PeerReportedLost(SessionId Session, long Generation, long Step, string During, string Detail)
    : GenerationEvent(Session, Generation);

/// <summary>The worker says why it can't go on, and ends.</summary>
internal sealed record WorkerFailed(SessionId Session, string Why, bool IsUserError) : WorkerEvent(Session);

/// <summary>The session ended, or nothing came through it for too long.</summary>
/// <param name="How">A clause: what the coordinator saw.</param>
/// <param name="Step">The last one that the worker reported.</param>
/// <param name="Activity">What the worker said last that it was doing; empty: nothing.</param>
internal sealed record WorkerLost(SessionId Session, string How, long Step, string Activity) : WorkerEvent(Session);

internal sealed record StopAsked(string Why) : RunEvent;

internal sealed record EvidenceWindowClosed(long Generation) : RunEvent;
