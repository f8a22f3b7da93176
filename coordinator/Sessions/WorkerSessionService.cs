using Grpc.Core;
using Inception.Distributed.Coordinator.Loop;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Output;
using Inception.Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Coordinator.Sessions;

/// <summary>Takes in workers and reports what they say, and that they are gone, to the run.</summary>
internal sealed class WorkerSessionService(
    SessionRegistry registry, IRunEvents events, StateFeed feed, RunFiles files, RunSettings settings, TimeProvider time,
    ILogger<WorkerSessionService> log) : WorkerSession.WorkerSessionBase
{
    private TimeSpan Silence => TimeSpan.FromSeconds(settings.Job.Workers.Timeout);

    public override async Task Open(
        IAsyncStreamReader<WorkerMessage> requestStream, IServerStreamWriter<CoordinatorMessage> responseStream, ServerCallContext context)
    {
        var hello = await ReadHelloAsync(requestStream, context.CancellationToken);
        var session = new Session(registry.NextId(), time);
        registry.Add(session);
        try
        {
            events.Post(WorkerMessages.Joined(session.Id, hello));
            var how = await session.RunAsync(
                requestStream, responseStream, message => Receive(session.Id, message), Silence, context.CancellationToken);
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

    private void Receive(SessionId session, WorkerMessage message)
    {
        switch (message.MessageCase)
        {
            case WorkerMessage.MessageOneofCase.Heartbeat:
                break;
            case WorkerMessage.MessageOneofCase.StepReport:
                Record(session, message.StepReport);
                break;
            default:
                if (WorkerMessages.ToEvent(session, message) is not { } @event)
                {
                    log.UnexpectedMessage(session.ToString(), message.MessageCase.ToString());
                    throw new RpcException(new Status(StatusCode.InvalidArgument, $"{message.MessageCase} is not due"));
                }
                events.Post(@event);
                return;
        }
        feed.Touch();
    }

    // The figures of a step are alike on all ranks; the log takes those of rank 0. Reports of an older generation are dropped.
    private void Record(SessionId session, StepReport report)
    {
        if (feed.State?.Phase is not Active { Generation: var current } || current.Number != report.Generation || current.Find(session) is not { } member)
            return;
        if (member.Rank == 0) files.Steps.Add(report);
        files.Samples?.Add(member.Rank, report);
    }
}
