using System.Collections.Concurrent;
using Grpc.Core;
using Inception.Distributed.Protocol;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Collectives;
using Inception.Distributed.Worker.Metrics;
using Inception.Distributed.Worker.Session;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker.Training;

/// <summary>
/// The training thread: one, dedicated, without await, because libtorch's grad mode, autocast and OpenMP settings are a thread's
/// own. Takes the coordinator's messages in order and does what they say.
/// </summary>
internal sealed class Trainer(
    WorkerOptions options, IOutbox outbox, Membership membership, TrainingActivity activity, WorkerMetrics metrics, ILogger<Trainer> log) : IWork, IDisposable
{
    private readonly BlockingCollection<CoordinatorMessage> _inbox = [];
    private readonly WorkerLife _life = new();
    private readonly Announcements _announcements = new();
    private Workspace? _workspace;
    private Protocol.Fingerprint? _fingerprint;
    private long _generation;
    private long _completedOrder;
    private CancellationToken _superseded;

    /// <summary>From any thread: queues a message, and lets go of a collective that it makes pointless.</summary>
    public void Deliver(CoordinatorMessage message)
    {
        if (_announcements.Take(message)) _inbox.Add(message);
    }

    /// <summary>From any thread: nothing more will come.</summary>
    public void Close()
    {
        _announcements.End();
        _inbox.CompleteAdding();
    }

    public Heartbeat Beat() => new() { Generation = Volatile.Read(ref _generation), Step = Step, Activity = activity.ToString() };

    public Standing Standing => new()
    {
        Generation = Volatile.Read(ref _generation),
        HeldGeneration = membership.HeldGeneration,
        HeldStep = membership.HeldGeneration > 0 ? Step : 0,
        CompletedOrder = Volatile.Read(ref _completedOrder),
        Fingerprint = Volatile.Read(ref _fingerprint),
    };

    /// <summary>The thread's body; returns when the coordinator says that the run has ended, or on <see cref="Close"/>.</summary>
    public void Run()
    {
        foreach (var message in _inbox.GetConsumingEnumerable())
        {
            if (message.MessageCase is CoordinatorMessage.MessageOneofCase.Finished or CoordinatorMessage.MessageOneofCase.Refused) break;
            try
            {
                Handle(message);
            }
            catch (Exception exception) when (IsLossOfGeneration(exception))
            {
                LeaveGeneration(exception);
            }
        }

        membership.Leave();
        _workspace?.Saver.Flush();
        _life.Enter(WorkerPhase.Left);
    }

    public void Dispose()
    {
        membership.Dispose();
        _workspace?.Dispose();
        _inbox.Dispose();
        _announcements.Dispose();
    }

    // Applied steps.
    private long Step => _workspace?.Replica.Arenas.Step ?? 0;

    private void Handle(CoordinatorMessage message)
    {
        switch (message.MessageCase)
        {
            case CoordinatorMessage.MessageOneofCase.Welcome:
                activity.Start("loading the job");
                _workspace = Workspace.Open(message.Welcome, options, outbox, log);
                activity.Start("computing the reference gradient");
                Volatile.Write(ref _fingerprint, _workspace.TakeFingerprint());
                outbox.Send(new WorkerMessage { Fingerprint = _fingerprint });
                _life.Enter(WorkerPhase.Ready);
                activity.Wait("waiting for a generation");
                break;
            case CoordinatorMessage.MessageOneofCase.Assignment:
                if (_announcements.Begin(message.Assignment.Generation, out _superseded)) Form(message.Assignment);
                break;
            case CoordinatorMessage.MessageOneofCase.LeftOut:
                // That this thread has come here is all that the coordinator wants to know.
                membership.Leave();
                if (_life.Phase is WorkerPhase.Training or WorkerPhase.Forming) _life.Enter(WorkerPhase.Ready);
                log.LeftOut(message.LeftOut.Reason);
                outbox.Send(new WorkerMessage { Available = new Available { Ticket = message.LeftOut.Ticket } });
                activity.Set("left out, waiting for a generation");
                break;
            case CoordinatorMessage.MessageOneofCase.Order when IsDue(message.Order):
                Execute(message.Order, membership.Group!);
                break;
            case CoordinatorMessage.MessageOneofCase.Order:
                log.StaleOrder(message.Order.OrderId, message.Order.Generation, _generation);
                break;
            default:
                throw new ProtocolViolationException($"the coordinator sent '{message.MessageCase}', which is not due here");
        }
    }

    // A coordinator that has come back says again what it said before.
    private bool IsDue(Order order) => order.Generation == membership.Group?.Generation && order.OrderId > _completedOrder;

    private void Form(Assignment assignment)
    {
        membership.Leave();
        _life.Enter(WorkerPhase.Forming);
        Volatile.Write(ref _generation, assignment.Generation);
        Volatile.Write(ref _completedOrder, 0);
        activity.Set($"forming generation {assignment.Generation}");
        var formed = membership.Form(Current, assignment, _superseded);
        outbox.Send(new WorkerMessage { Formed = formed });
        _life.Enter(WorkerPhase.Training);
        var group = membership.Group!;
        metrics.Formed(group.Generation, group.Rank, formed.Step);
        log.Formed(group.Generation, group.Rank, group.Size, group.Range.First, group.Range.End - 1, formed.Step, formed.KeptMicroBatches);
        activity.Wait($"waiting for the next order at step {Step}");
    }

    private void Execute(Order order, WorkerGroup group)
    {
        var done = new OrderCompleted { Generation = order.Generation, OrderId = order.OrderId };
        switch (order.WhatCase)
        {
            case Order.WhatOneofCase.Train:
                done.Bad = Train(order.Train.UntilStep);
                break;
            case Order.WhatOneofCase.Evaluate:
                if (Current.Evaluator.Run(group, () => _announcements.Wishes(group.Generation) != StepWishes.None || _superseded.IsCancellationRequested, activity) is { } report)
                    outbox.Send(new WorkerMessage { EvaluationReport = report });
                break;
            case Order.WhatOneofCase.Checkpoint:
                activity.Set($"taking a snapshot at step {Step}");
                var taken = group.Rank == 0 ? Current.Saver.Begin(order.Checkpoint.Directory, group.Generation, Current.PassedOver, order.Checkpoint.Required) : null;
                done.StateDigest = taken ?? Current.Digest();
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
        Volatile.Write(ref _completedOrder, order.OrderId);
        activity.Wait($"waiting for the next order at step {Step}");
    }

    /// <returns>What the step is bad in that training ended before; null: it did not.</returns>
    private BadNumbers? Train(long untilStep)
    {
        var agreed = StepWishes.None;
        while (Step < untilStep && agreed == StepWishes.None)
        {
            (var report, agreed, var bad) = membership.Step(_announcements.Wishes(_generation));
            if (bad is not null) return bad;
            outbox.Send(new WorkerMessage { StepReport = report });
            metrics.Applied(report);
        }

        return null;
    }

    private bool IsLossOfGeneration(Exception exception) =>
        exception is UnheardException or PeerLostException or CollectiveAbortedException or CollectiveTimeoutException or ProtocolViolationException or RpcException
        || (exception is OperationCanceledException && _superseded.IsCancellationRequested)
        // Gloo's words for an address that can't be reached are many.
        || (exception is NativeException && _life.Phase == WorkerPhase.Forming);

    private void LeaveGeneration(Exception exception)
    {
        if (_superseded.IsCancellationRequested)
        {
            log.GenerationSuperseded(_generation, activity.ToString());
        }
        else
        {
            var during = $"{activity}, {membership.Whereabouts}";
            log.GenerationLost(_generation, during, exception.Message);
            var unheard = (exception as UnheardException)?.Ranks ?? [];
            outbox.Send(_life.Phase == WorkerPhase.Forming
                ? new WorkerMessage { FormingFailed = new FormingFailed { Generation = _generation, Reason = exception.Message, Unheard = { unheard } } }
                : new WorkerMessage
                {
                    PeerLost = new PeerLost { Generation = _generation, Step = Step, During = during, Detail = exception.Message, Unheard = { unheard } },
                });
        }

        membership.Leave();
        if (_life.Phase is WorkerPhase.Training or WorkerPhase.Forming) _life.Enter(WorkerPhase.Ready);
        activity.Wait("waiting for a generation");
    }

    private Workspace Current => _workspace ?? throw new ProtocolViolationException("the coordinator gave an order before the job");
}
