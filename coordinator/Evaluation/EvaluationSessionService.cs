using System.Collections.Concurrent;
using Grpc.Core;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Sessions;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Evaluation;

/// <summary>Takes in workers, at any time, and hands each one block after another. What a worker that is lost had in hand goes to another.</summary>
internal sealed class EvaluationSessionService(EvaluationOptions options, EvaluationRun run, TimeProvider time) : WorkerSession.WorkerSessionBase
{
    private readonly string _runId = Guid.NewGuid().ToString("N")[..12];
    private readonly ConcurrentDictionary<string, Received> _received = [];
    private long _sessions;

    private TimeSpan Silence => TimeSpan.FromSeconds(options.Job.Workers.Timeout);

    public override async Task Open(
        IAsyncStreamReader<WorkerMessage> requestStream, IServerStreamWriter<CoordinatorMessage> responseStream, ServerCallContext context)
    {
        var hello = await ReadHelloAsync(requestStream, context.CancellationToken);
        var name = hello.Host.Length == 0 ? hello.WorkerId : $"{hello.WorkerId} on {hello.Host}";
        var received = _received.GetOrAdd(hello.WorkerId, _ => new Received());
        await using var worker = new EvaluationWorker(name, new Session(new SessionId(Interlocked.Increment(ref _sessions)), time), run, received);
        worker.Session.Send(Welcome(received.Last));
        _ = SayHowItEndedAsync(worker.Session);
        if (hello.Standing?.Fingerprint is { } fingerprint && received.Last > 0) worker.Join(fingerprint);
        if (await worker.Session.RunAsync(requestStream, responseStream, worker.Receive, Silence, context.CancellationToken) is { } how)
            run.Lose(name, how);
    }

    private async Task<Hello> ReadHelloAsync(IAsyncStreamReader<WorkerMessage> requests, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        if (!await requests.MoveNext(either.Token) || requests.Current.MessageCase != WorkerMessage.MessageOneofCase.Hello)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "a session begins with Hello"));
        var hello = requests.Current.Hello;
        return hello.Standing is not { RunId.Length: > 0 } standing || standing.RunId == _runId
            ? hello
            : throw new RpcException(new Status(StatusCode.FailedPrecondition,
                $"worker {hello.WorkerId} works for run {standing.RunId}, and this is an evaluation, {_runId}; start the worker anew"));
    }

    // After a success each worker hears it from its queue, once there is nothing left to take.
    private async Task SayHowItEndedAsync(Session session)
    {
        await ((Task)run.End).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (run.End.IsFaulted)
            session.Send(new CoordinatorMessage { Finished = new Finished { State = "failed", Reason = run.End.Exception.InnerException!.Message } });
    }

    private CoordinatorMessage Welcome(long lastSequence) => new()
    {
        Welcome = new Welcome
        {
            RunId = _runId,
            JobYaml = JobFile.Write(options.Job),
            HeartbeatMilliseconds = (long)(options.Job.Workers.Heartbeat * 1000),
            LastSequence = lastSequence,
            Evaluation = new EvaluationJob
            {
                Checkpoints =
                {
                    options.Checkpoints.Select(checkpoint =>
                        new CheckpointReference { Directory = checkpoint.Directory, ManifestSha256 = checkpoint.ManifestSha256 }),
                },
                Crops = options.Crops,
                Weights = options.Weights,
                LeftOut = { options.LeftOut },
            },
        },
    };
}
