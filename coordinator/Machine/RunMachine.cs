namespace Inception.Distributed.Coordinator.Machine;

/// <summary>
/// The coordinator's mind: what an event means for the run. A pure function, so the journal's events replayed from the first one
/// give the same states, and tests need no clock, socket or thread.
/// </summary>
internal static class RunMachine
{
    public static Decision Decide(RunState state, RunEvent @event)
    {
        if (state.Phase is Ended ended) return AfterTheEnd(state, ended.Outcome, @event);
        if (@event is WorkerEvent { Session: var session } and not WorkerJoined && state.Find(session) is null) return Decision.Ignore(state);
        if (@event is GenerationEvent { Generation: var generation } && !IsCurrent(state, generation)) return Decision.Ignore(state);

        return @event switch
        {
            CoordinatorStarted started => Reattachment.OnStarted(state, started),
            ReattachmentClosed closed => Reattachment.OnClosed(state, closed),
            WorkerJoined joined => Joining.OnJoined(state, joined),
            WorkerFingerprinted fingerprinted => Joining.OnFingerprinted(state, fingerprinted),
            WorkersExpected expected => Joining.OnExpected(state, expected),
            WorkerFormed formed => Formation.OnFormed(state, formed),
            OrderCompleted completed => Orders.OnCompleted(state, completed),
            BlocksEvaluated evaluated => Evaluation.OnBlocks(state, evaluated),
            CheckpointReported reported => Checkpointing.OnReported(state, reported),
            CheckpointFound found => Checkpointing.OnFound(state, found),
            FormingFailed failed => Losses.OnFormingFailed(state, failed),
            PeerReportedLost lost => Losses.OnPeerReported(state, lost),
            WorkerFailed failed => Losses.OnFailed(state, failed),
            WorkerLost lost => Losses.OnLost(state, lost),
            EvidenceWindowClosed closed => Losses.OnEvidenceWindowClosed(state, closed),
            WorkerLeaving leaving => Departures.OnLeaving(state, leaving),
            DrainAsked asked => Departures.OnDrainAsked(state, asked),
            SettlingEnded settled => Yielding.OnSettlingEnded(state, settled),
            OrderOverdue overdue => Overdue.OnOverdue(state, overdue),
            PatienceEnded waited => FirstGeneration.OnPatienceEnded(state, waited),
            StragglerFound straggler => Stragglers.OnFound(state, straggler),
            StragglerCaughtUp straggler => Stragglers.OnCaughtUp(state, straggler),
            WorkerAvailable available => Exclusions.OnAvailable(state, available),
            ReadmissionDue due => Exclusions.OnDue(state, due),
            StopAsked asked => Stopping.OnAsked(state, asked),
            _ => throw new InvalidOperationException($"no decision for {@event.GetType().Name}"),
        };
    }

    private static bool IsCurrent(RunState state, long generation) => state.Phase is Active active && active.Generation.Number == generation;

    private static Decision AfterTheEnd(RunState state, RunOutcome outcome, RunEvent @event) => @event is WorkerJoined joined
        ? Decision.To(state, null, new Send(joined.Session, Messages.Finished(outcome)))
        : Decision.Ignore(state);
}
