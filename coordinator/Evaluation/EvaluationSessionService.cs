using Grpc.Core;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Sessions;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Evaluation;

/// <summary>Takes in workers, at any time, and hands each one block after another. What a worker that is lost had in hand goes to another.</summary>
internal sealed class EvaluationSessionService(EvaluationOptions options, EvaluationRun run, TimeProvider time) : WorkerSession.WorkerSessionBase
{
    private static long _sessions;

    public override async Task Open(
        IAsyncStreamReader<WorkerMessage> requestStream, IServerStreamWriter<CoordinatorMessage> responseStream, ServerCallContext context)
    {
        if (!await requestStream.MoveNext(context.CancellationToken) || requestStream.Current.MessageCase != WorkerMessage.MessageOneofCase.Hello)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "a session begins with Hello"));

        var hello = requestStream.Current.Hello;
        var name = hello.Host.Length == 0 ? hello.WorkerId : $"{hello.WorkerId} on {hello.Host}";
        var worker = new EvaluationWorker(name, new Session(new SessionId(Interlocked.Increment(ref _sessions)), time), run);
        worker.Session.Send(Welcome());
        _ = SayHowItEndedAsync(worker.Session);
        var silence = TimeSpan.FromSeconds(options.Job.Workers.Timeout);
        await using (worker)
        {
            if (await worker.Session.RunAsync(requestStream, responseStream, worker.Receive, silence, context.CancellationToken) is { } how)
                run.Lose(name, how);
        }
    }

    // After a success each worker hears it from its queue, once there is nothing left to take.
    private async Task SayHowItEndedAsync(Session session)
    {
        await ((Task)run.End).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (run.End.IsFaulted)
            session.Send(new CoordinatorMessage { Finished = new Finished { State = "failed", Reason = run.End.Exception.InnerException!.Message } });
    }

    private CoordinatorMessage Welcome() => new()
    {
        Welcome = new Welcome
        {
            JobYaml = JobFile.Write(options.Job),
            HeartbeatMilliseconds = (long)(options.Job.Workers.Heartbeat * 1000),
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
