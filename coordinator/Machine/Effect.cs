using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>What a decision wants done. Nothing is done before the journal holds the decision.</summary>
internal abstract record Effect;

/// <summary>Refused and Finished are the last message of a session.</summary>
internal sealed record Send(SessionId To, CoordinatorMessage Message) : Effect;

/// <summary>The store serves this generation's keys from now on, and ends the waits of earlier ones.</summary>
internal sealed record OpenRendezvous(long Generation) : Effect;

/// <summary>To be given back as an event after a while.</summary>
internal sealed record StartTimer(TimeSpan Due, RunEvent Event) : Effect;

internal sealed record PruneCheckpoints(int Keep) : Effect;

internal sealed record EndRun(RunOutcome Outcome) : Effect;

/// <summary>Kept in a table of its own, written together with the decision.</summary>
internal abstract record Record : Effect;

internal sealed record RecordGeneration(Generation Generation) : Record;

internal sealed record RecordCheckpoint(long Generation, CommittedCheckpoint Checkpoint) : Record;

internal sealed record RecordEvaluation(long Generation, EvaluationOutcome Evaluation) : Record;
