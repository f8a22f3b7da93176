using System.Collections.Concurrent;
using Grpc.Core;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Checkpointing;
using Inception.Distributed.Worker.Collectives;
using Inception.Distributed.Worker.Evaluation;
using Inception.Distributed.Worker.Session;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker.Training;

/// <summary>
/// The training thread: one, dedicated, without await, because libtorch's grad mode, autocast and OpenMP settings are a thread's
/// own. Takes the coordinator's messages in order and does what they say.
/// </summary>
internal sealed class Trainer(
    WorkerOptions options, IOutbox outbox, Func<long, IRendezvousStore> storeOfGeneration, TrainingActivity activity, ILogger<Trainer> log) : IDisposable
{
    // Silent peers are noticed by heartbeat; this is the backstop behind it.
    private static readonly TimeSpan CollectiveTimeout = TimeSpan.FromMinutes(2);

    private readonly BlockingCollection<CoordinatorMessage> _inbox = [];
    private readonly WorkerLife _life = new();
    private Workspace? _workspace;
    private WorkerGroup? _group;
    private long _generation;
    private StepRunner? _runner;
    private volatile bool _stopRequested;
    private volatile bool _ended;

    /// <summary>Applied steps, for heartbeats.</summary>
    public long Step => _workspace?.Replica.Arenas.Step ?? 0;

    /// <summary>The newest one that this worker was assigned to; 0: none yet.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>From any thread: queues a message, and lets go of a collective that it makes pointless.</summary>
    public void Deliver(CoordinatorMessage message)
    {
        switch (message.MessageCase)
        {
            case CoordinatorMessage.MessageOneofCase.StopRequested:
                _stopRequested = true;
                return;
            case CoordinatorMessage.MessageOneofCase.Finished:
                _ended = true;
                Volatile.Read(ref _group)?.Abort();
                break;
            case CoordinatorMessage.MessageOneofCase.Assignment when message.Assignment.Generation > Generation:
                Volatile.Read(ref _group)?.Abort();
                break;
        }

        _inbox.Add(message);
    }

    /// <summary>From any thread: nothing more will come.</summary>
    public void Close()
    {
        _ended = true;
        Volatile.Read(ref _group)?.Abort();
        _inbox.CompleteAdding();
    }

    /// <summary>The thread's body; returns when the coordinator says that the run has ended, or on <see cref="Close"/>.</summary>
    public void Run()
    {
        foreach (var message in _inbox.GetConsumingEnumerable())
        {
            if (message.MessageCase == CoordinatorMessage.MessageOneofCase.Finished) break;
            try
            {
                Handle(message);
            }
            catch (Exception exception) when (exception is PeerLostException or CollectiveAbortedException or CollectiveTimeoutException
                or ProtocolViolationException or RpcException)
            {
                LeaveGeneration(exception);
            }
        }

        LeaveGroup();
        _workspace?.Saver.Flush();
        _life.Enter(WorkerPhase.Left);
    }

    public void Dispose()
    {
        LeaveGroup();
        _workspace?.Dispose();
        _inbox.Dispose();
    }

    private void Handle(CoordinatorMessage message)
    {
        switch (message.MessageCase)
        {
            case CoordinatorMessage.MessageOneofCase.Welcome:
                activity.Set("loading the job");
                _workspace = Workspace.Open(message.Welcome, options, outbox, log);
                activity.Set("computing the reference gradient");
                outbox.Send(new WorkerMessage { Fingerprint = _workspace.TakeFingerprint() });
                _life.Enter(WorkerPhase.Ready);
                activity.Set("waiting for a generation");
                break;
            case CoordinatorMessage.MessageOneofCase.Assignment:
                Form(message.Assignment);
                break;
            case CoordinatorMessage.MessageOneofCase.Order when _group is not null && message.Order.Generation == _group.Generation:
                Execute(message.Order);
                break;
            case CoordinatorMessage.MessageOneofCase.Order:
                log.StaleOrder(message.Order.OrderId, message.Order.Generation, Generation);
                break;
            default:
                throw new ProtocolViolationException($"the coordinator sent '{message.MessageCase}', which is not due here");
        }
    }

    private void Form(Assignment assignment)
    {
        var workspace = Current;
        LeaveGroup();
        _life.Enter(WorkerPhase.Forming);
        Volatile.Write(ref _generation, assignment.Generation);
        activity.Set($"forming generation {assignment.Generation}");
        workspace.GoTo(assignment.Start);
        var group = WorkerGroup.Form(assignment, storeOfGeneration(assignment.Generation), options.Device, CollectiveTimeout);
        Volatile.Write(ref _group, group);
        if (_ended) group.Abort();
        _runner = new StepRunner(workspace.Replica, workspace.Plan, group, workspace.OpenTrainingData(group.Range), workspace.Corrupt, activity);
        outbox.Send(new WorkerMessage
        {
            Formed = new Formed { Generation = group.Generation, Step = Step, StateSha256 = workspace.Hash().State },
        });
        _life.Enter(WorkerPhase.Training);
        log.Formed(group.Generation, group.Rank, group.Size, group.Range.First, group.Range.End - 1);
    }

    private void Execute(Order order)
    {
        var done = new OrderCompleted { Generation = order.Generation, OrderId = order.OrderId };
        switch (order.WhatCase)
        {
            case Order.WhatOneofCase.Train:
                Train(order.Train.UntilStep);
                break;
            case Order.WhatOneofCase.Evaluate:
                if (Current.Evaluator.Run(_group!, () => _stopRequested || _ended, activity) is { } report)
                    outbox.Send(new WorkerMessage { EvaluationReport = report });
                break;
            case Order.WhatOneofCase.Checkpoint:
                activity.Set($"taking a snapshot at step {Step}");
                if (_group!.Rank == 0) Current.Saver.Begin(order.Checkpoint.Directory, _group.Generation);
                done.StateSha256 = Current.Hash().State;
                break;
            case Order.WhatOneofCase.Finish:
                activity.Set("finishing");
                Current.Saver.Flush();
                (done.WeightsSha256, done.StateSha256) = Current.Hash();
                break;
            default:
                throw new ProtocolViolationException($"order {order.OrderId} says nothing that this version knows");
        }

        done.Step = Step;
        outbox.Send(new WorkerMessage { OrderCompleted = done });
        activity.Set($"waiting for the next order at step {Step}");
    }

    private void Train(long untilStep)
    {
        var stop = false;
        while (Step < untilStep && !stop)
        {
            var report = _runner!.Run(_stopRequested, out stop);
            outbox.Send(new WorkerMessage { StepReport = report });
        }
    }

    private void LeaveGeneration(Exception exception)
    {
        var (generation, during) = (Generation, $"{activity}, {_runner?.Whereabouts ?? "before the first step"}");
        log.GenerationLost(generation, during, exception.Message);
        outbox.Send(_life.Phase == WorkerPhase.Forming
            ? new WorkerMessage { FormingFailed = new FormingFailed { Generation = generation, Reason = exception.Message } }
            : new WorkerMessage { PeerLost = new PeerLost { Generation = generation, Step = Step, During = during, Detail = exception.Message } });
        LeaveGroup();
        if (_life.Phase is WorkerPhase.Training or WorkerPhase.Forming) _life.Enter(WorkerPhase.Ready);
        activity.Set("waiting for a generation");
    }

    private void LeaveGroup()
    {
        _runner?.Dispose();
        _runner = null;
        var group = _group;
        Volatile.Write(ref _group, null);
        group?.Dispose();
    }

    private Workspace Current => _workspace ?? throw new ProtocolViolationException("the coordinator gave an order before the job");
}
