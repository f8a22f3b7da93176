using System.Collections.Concurrent;
using Google.Protobuf;
using Inception.Distributed.Coordinator.Loop;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Output;
using Inception.Distributed.Coordinator.Rendezvous;
using Inception.Distributed.Coordinator.Security;
using Inception.Distributed.Coordinator.Sessions;

namespace Inception.Distributed.Coordinator.Hosting;

/// <summary>Carries the effects of decisions to where they are done.</summary>
internal sealed class RunEffects(
    SessionRegistry sessions, RendezvousKeys rendezvous, IRunEvents events, RunFiles files, CheckpointRetention retention,
    CheckpointSearcher search, GroupSecrets secrets, TimeProvider time, ILogger<RunEffects> log)
    : IEffects, IDisposable
{
    private readonly ConcurrentBag<ITimer> _timers = [];

    public void Perform(Effect effect, RunState state)
    {
        switch (effect)
        {
            case Send send:
                // A session that has ended meanwhile has said so in an event of its own.
                if (send.Message.Assignment is { } assignment) assignment.Secret = ByteString.CopyFrom(secrets.Of(assignment.Generation));
                sessions.Find(send.To)?.Send(send.Message);
                break;
            case OpenRendezvous open:
                rendezvous.Open(open.Generation);
                break;
            case StartTimer timer:
                _timers.Add(time.CreateTimer(_ => events.Post(timer.Event), null, timer.Due, Timeout.InfiniteTimeSpan));
                break;
            case RecordEvaluation { Evaluation: var evaluation }:
                files.Write(evaluation);
                break;
            case RecordGeneration record:
                if (record.AfterLoss) files.Recoveries.Begin(record.Generation.Number);
                break;
            case RecordCheckpoint:
                break; // The journal holds it.
            case Stand stand:
                if (stand.Generation > 0) files.Recoveries.Stood(stand.Generation);
                // Whoever started from a checkpoint has read it.
                search.Release();
                if (files.Stand(state, stand.Step, stand.IsRollback) is var missing and > 0) log.StepsMissing(missing, stand.Step);
                break;
            case FindCheckpoint:
                search.Begin(state, found => events.Post(found));
                break;
            case PruneCheckpoints prune:
                retention.Prune(prune, state);
                break;
            case EndRun { Outcome: var outcome }:
                rendezvous.Close();
                files.WriteResult(state, outcome);
                break;
            default:
                throw new InvalidOperationException($"no way to perform {effect.GetType().Name}");
        }
    }

    public void Dispose()
    {
        foreach (var timer in _timers)
            timer.Dispose();
    }
}
