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

/// <summary>To be answered with <see cref="CheckpointFound"/>.</summary>
internal sealed record FindCheckpoint : Effect;

/// <param name="Durable">Directory of a checkpoint that was committed just now; empty: none was.</param>
/// <param name="Start">Directory that a generation may be about to start from; empty: none.</param>
internal sealed record PruneCheckpoints(string Durable, string Start) : Effect;

/// <summary>Every member stands at this step, so the run's files hold it and nothing past it.</summary>
/// <param name="Generation">0: the present one went on to the step.</param>
/// <param name="IsRollback">What comes off the files is not done again, but done with other samples.</param>
internal sealed record Stand(long Generation, long Step, bool IsRollback = false) : Effect;

internal sealed record EndRun(RunOutcome Outcome) : Effect;

/// <summary>Kept in a table of its own, written together with the decision.</summary>
internal abstract record Record : Effect;

/// <param name="AfterLoss">It takes the place of one that broke.</param>
internal sealed record RecordGeneration(Generation Generation, bool AfterLoss) : Record;

internal sealed record RecordCheckpoint(long Generation, CommittedCheckpoint Checkpoint) : Record;

internal sealed record RecordEvaluation(long Generation, EvaluationOutcome Evaluation) : Record;
