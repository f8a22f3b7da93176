using Grpc.Core;
using Inception.Distributed.Coordinator.Loop;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Output;
using Inception.Distributed.Coordinator.Security;
using Inception.Distributed.Coordinator.Stragglers;
using Inception.Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Coordinator.Sessions;

/// <summary>Takes in workers and reports what they say, and that they are gone, to the run.</summary>
internal sealed class WorkerSessionService(
    SessionRegistry registry, IRunEvents events, StateFeed feed, RunFiles files, RunSettings settings, RunEpoch run, Refusals refusals, StragglerWatch stragglers,
    TimeProvider time, ILogger<WorkerSessionService> log) : WorkerSession.WorkerSessionBase
{
    private TimeSpan Silence => TimeSpan.FromSeconds(settings.Job.Workers.Timeout);

    public override async Task Open(
        IAsyncStreamReader<WorkerMessage> requestStream, IServerStreamWriter<CoordinatorMessage> responseStream, ServerCallContext context)
    {
        var hello = await ReadHelloAsync(requestStream, context.CancellationToken);
        RefuseStranger(hello);
        var session = new Session(registry.NextId(), time);
        session.GoOnFrom(hello.Standing?.Generation ?? 0);
        registry.Add(session);
        var source = ConnectionGate.Source(context.GetHttpContext().Connection.RemoteIpAddress);
        try
        {
            var inbox = registry.InboxOf(hello.WorkerId);
            events.Post(WorkerMessages.Joined(session.Id, hello, inbox.Bind(session)));
            var how = await session.RunAsync(
                requestStream, responseStream, message => Receive(session, inbox, message, source), Silence, context.CancellationToken);
            if (how is null) return;
            events.Post(new WorkerLost(session.Id, how, session.Pulse.Step, session.Pulse.Activity));
        }
        catch (Exception error)
        {
            // A message that breaks an invariant ends its session; the run decides what that means.
            var how = $"the coordinator could not take its message ({error.Message})";
            events.Post(new WorkerLost(session.Id, how, session.Pulse.Step, session.Pulse.Activity));
            throw;
        }
        finally
        {
            registry.Remove(session);
            feed.Touch();
        }
    }

    private async Task<Hello> ReadHelloAsync(IAsyncStreamReader<WorkerMessage> requests, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (await requests.MoveNext(either.Token) && requests.Current.MessageCase == WorkerMessage.MessageOneofCase.Hello)
                return requests.Current.Hello;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, "no Hello came"));
        }
        throw new RpcException(new Status(StatusCode.InvalidArgument, "a session begins with Hello"));
    }

    // The workers of another run have no business here; and who has worked for a later process of this run must not be drawn back.
    private void RefuseStranger(Hello hello)
    {
        if (hello.Standing is not { RunId.Length: > 0 } standing) return;
        if (standing.RunId != settings.RunId)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition,
                $"worker {hello.WorkerId} works for run {standing.RunId}, and this is run {settings.RunId}; start the worker anew"));
        }
        if (standing.Epoch <= run.Epoch) return;
        log.Stale(hello.WorkerId, standing.Epoch);
        throw new RpcException(new Status(StatusCode.FailedPrecondition,
            $"this coordinator is process {run.Epoch} of the run, and worker {hello.WorkerId} has worked for process {standing.Epoch}"));
    }

    private void Receive(Session session, Inbox inbox, WorkerMessage message, string source)
    {
        if (inbox.Take(session, message) is not { } entry) return;
        if (WorkerMessages.GenerationOf(message) is { } generation && generation > session.Assigned)
        {
            refusals.Note(Refusal.Generation, source, "a worker speaks for a generation that it is no member of; what it says is dropped");
            entry.MarkDurable();
            return;
        }
        switch (message.MessageCase)
        {
            case WorkerMessage.MessageOneofCase.Heartbeat:
                Acknowledge(session, inbox);
                break;
            case WorkerMessage.MessageOneofCase.StepReport:
                events.Observe(state => Record(state, session.Id, message.StepReport, entry));
                break;
            default:
                if (WorkerMessages.ToEvent(session.Id, message) is not { } @event)
                {
                    log.UnexpectedMessage(session.Id.ToString(), message.MessageCase.ToString());
                    throw new RpcException(new Status(StatusCode.InvalidArgument, $"{message.MessageCase} is not due"));
                }
                events.Post(@event, entry.MarkDurable);
                return;
        }
        feed.Touch();
    }

    // Said with each heartbeat: what the worker need not send again, should the connection or this process end.
    private void Acknowledge(Session session, Inbox inbox)
    {
        files.Flush();
        if (inbox.Acknowledge(files.LastStep) is { } sequence)
            session.Send(new CoordinatorMessage { Acknowledgement = new Acknowledgement { Sequence = sequence } });
    }

    // Steps of a generation before the last whole one are known, or were lost with all who held them.
    private void Record(RunState state, SessionId session, StepReport report, Inbox.Entry entry)
    {
        if (state.Phase is Ended || report.Generation < state.LastWhole || state.Find(session) is not { } worker)
        {
            entry.MarkDurable();
            return;
        }
        var generation = (state.Phase as Active)?.Generation is { } present && present.Number == report.Generation ? present : null;
        files.Add(generation?.Find(worker.WorkerId)?.Rank == 0, report);
        if (generation is not null && stragglers.Add(state, generation, worker, report) is { } news) events.Post(news);
        feed.Touch();
    }
}
