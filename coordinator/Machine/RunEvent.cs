using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>
/// Something that happened. The journal keeps every event as JSON: a name in <see cref="JsonDerivedTypeAttribute"/> is part of
/// the journal's format.
/// </summary>
[JsonDerivedType(typeof(CoordinatorStarted), "coordinator-started")]
[JsonDerivedType(typeof(ReattachmentClosed), "reattachment-closed")]
[JsonDerivedType(typeof(WorkerJoined), "worker-joined")]
[JsonDerivedType(typeof(WorkerFingerprinted), "worker-fingerprinted")]
[JsonDerivedType(typeof(WorkerFormed), "worker-formed")]
[JsonDerivedType(typeof(FormingFailed), "forming-failed")]
[JsonDerivedType(typeof(OrderCompleted), "order-completed")]
[JsonDerivedType(typeof(BlocksEvaluated), "blocks-evaluated")]
[JsonDerivedType(typeof(CheckpointReported), "checkpoint-reported")]
[JsonDerivedType(typeof(CheckpointFound), "checkpoint-found")]
[JsonDerivedType(typeof(PeerReportedLost), "peer-reported-lost")]
[JsonDerivedType(typeof(WorkerFailed), "worker-failed")]
[JsonDerivedType(typeof(WorkerLeaving), "worker-leaving")]
[JsonDerivedType(typeof(WorkerLost), "worker-lost")]
[JsonDerivedType(typeof(DrainAsked), "drain-asked")]
[JsonDerivedType(typeof(StopAsked), "stop-asked")]
[JsonDerivedType(typeof(WorkersExpected), "workers-expected")]
[JsonDerivedType(typeof(EvidenceWindowClosed), "evidence-window-closed")]
[JsonDerivedType(typeof(SettlingEnded), "settling-ended")]
[JsonDerivedType(typeof(StragglerFound), "straggler-found")]
[JsonDerivedType(typeof(StragglerCaughtUp), "straggler-caught-up")]
[JsonDerivedType(typeof(PatienceEnded), "patience-ended")]
[JsonDerivedType(typeof(OrderOverdue), "order-overdue")]
[JsonDerivedType(typeof(WorkerAvailable), "worker-available")]
[JsonDerivedType(typeof(ReadmissionDue), "readmission-due")]
internal abstract record RunEvent;

/// <summary>A process of the coordinator begins its work, with the state that the journal gave. The first event of each.</summary>
/// <param name="Epoch">1 for the run's first process.</param>
internal sealed record CoordinatorStarted(long Epoch) : RunEvent;

/// <summary>Workers have had the time in which one must give a sign of life to come back.</summary>
internal sealed record ReattachmentClosed(long Epoch) : RunEvent;

internal abstract record WorkerEvent(SessionId Session) : RunEvent;

/// <summary>Of a member; without effect when the generation is not the present one.</summary>
internal abstract record GenerationEvent(SessionId Session, long Generation) : WorkerEvent(Session);

/// <param name="Standing">Null: the process has not worked for this run yet.</param>
/// <param name="LastSequence">The newest message that has arrived from it in this process.</param>
internal sealed record WorkerJoined(
    SessionId Session, string WorkerId, string Host, string Device, int ProcessId, Standing? Standing = null, long LastSequence = 0)
    : WorkerEvent(Session);

/// <summary>What a worker that comes back brings along.</summary>
/// <param name="Generation">The newest one that it was assigned to; 0: none.</param>
/// <param name="HeldGeneration">The newest one in which it held the whole state; 0: it holds none.</param>
/// <param name="Fingerprint">Null: it will follow.</param>
internal sealed record Standing(long Generation, long HeldGeneration, long HeldStep, Fingerprint? Fingerprint);

internal sealed record WorkerFingerprinted(SessionId Session, Fingerprint Fingerprint) : WorkerEvent(Session);

internal sealed record WorkerFormed(
    SessionId Session, long Generation, long Step, string StateSha256, int SourceRank = -1, int KeptMicroBatches = 0)
    : GenerationEvent(Session, Generation);

/// <param name="Unheard">Ranks that did not come, or could not be reached; null: not known.</param>
internal sealed record FormingFailed(SessionId Session, long Generation, string Why, IReadOnlyList<int>? Unheard = null)
    : GenerationEvent(Session, Generation);

/// <param name="Bad">The next step's numbers are bad, and it was not applied; null: none is.</param>
internal sealed record OrderCompleted(
    SessionId Session, long Generation, long OrderId, long Step, string WeightsSha256, string StateSha256, BadNumbers? Bad = null)
    : GenerationEvent(Session, Generation);

/// <param name="What">A clause.</param>
internal sealed record BadNumbers(string What, double Loss, double GradientNorm, bool IsSpike);

internal sealed record BlocksEvaluated(SessionId Session, long Generation, long Step, ImmutableArray<EvaluatedBlock> Blocks, double Seconds)
    : GenerationEvent(Session, Generation);

/// <summary>May come when the generation in which it was ordered is over.</summary>
/// <param name="Error">Empty: the checkpoint is committed.</param>
/// <param name="RetryIn">With an error: seconds until its writer tries again; 0: it has given up.</param>
internal sealed record CheckpointReported(
    SessionId Session, long Generation, long Step, string Directory, string ManifestSha256, long Bytes, double Seconds, string Error, double RetryIn = 0)
    : WorkerEvent(Session);

/// <summary>The newest whole checkpoint; step 0 and no directory when there is none.</summary>
internal sealed record CheckpointFound(long Step, string Directory) : RunEvent;

/// <summary>A survivor's word from the data plane.</summary>
/// <param name="Unheard">Ranks of which nothing came within the time-out; null or none: a connection broke.</param>
internal sealed record PeerReportedLost(
    SessionId Session, long Generation, long Step, string During, string Detail, IReadOnlyList<int>? Unheard = null)
    : GenerationEvent(Session, Generation);

/// <summary>The worker says why it can't go on, and ends.</summary>
internal sealed record WorkerFailed(SessionId Session, string Why, bool IsUserError) : WorkerEvent(Session);

/// <summary>The worker has been told to go, and works on until it may.</summary>
/// <param name="Why">A clause.</param>
internal sealed record WorkerLeaving(SessionId Session, string Why) : WorkerEvent(Session);

/// <summary>The session ended, or nothing came through it for too long.</summary>
/// <param name="How">A clause: what the coordinator saw.</param>
/// <param name="Step">The last one that the worker reported.</param>
/// <param name="Activity">What the worker said last that it was doing; empty: nothing.</param>
internal sealed record WorkerLost(SessionId Session, string How, long Step, string Activity) : WorkerEvent(Session);

/// <param name="Why">A clause.</param>
internal sealed record DrainAsked(string WorkerId, string Why) : RunEvent;

/// <param name="AsFailure">Nothing more is trained or saved, and the run has failed.</param>
internal sealed record StopAsked(string Why, bool AsFailure = false) : RunEvent;

internal sealed record WorkersExpected(int Workers) : RunEvent;

internal sealed record EvidenceWindowClosed(long Generation) : RunEvent;

internal sealed record SettlingEnded(long Ticket) : RunEvent;

/// <summary>The run's first generation has waited long enough for workers that do not come.</summary>
internal sealed record PatienceEnded(long Ticket) : RunEvent;

/// <summary>The training thread of a worker that was left out answers again.</summary>
internal sealed record WorkerAvailable(SessionId Session, long Ticket) : WorkerEvent(Session);

/// <summary>A worker has been left out for as long as it was to be.</summary>
internal sealed record ReadmissionDue(string WorkerId, long Ticket) : RunEvent;

/// <summary>Some members completed the order long ago, and others have not.</summary>
internal sealed record OrderOverdue(long Generation, long OrderId) : RunEvent;

/// <param name="Phase">That takes the worker so long.</param>
/// <param name="Seconds">That it takes a micro-batch; median of the last steps.</param>
/// <param name="Usual">Median of the others.</param>
internal sealed record StragglerFound(SessionId Session, string Phase, double Seconds, double Usual) : WorkerEvent(Session);

internal sealed record StragglerCaughtUp(SessionId Session) : WorkerEvent(Session);
