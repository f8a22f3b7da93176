using Grpc.Core;
using Inception.Distributed.Coordinator.Loop;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Protocol;
using Inception.Distributed.Text;

namespace Inception.Distributed.Coordinator.Operations;

/// <summary>What people and the command line may ask for.</summary>
internal sealed class OperatorService(RunStatusBuilder builder, StateFeed feed, IRunEvents events, IHostApplicationLifetime lifetime, TimeProvider time) : Operator.OperatorBase
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);

    public override Task<RunStatus> GetStatus(StatusRequest request, ServerCallContext context) => Task.FromResult(builder.Build());

    /// <summary>Ends after the message that holds the final state.</summary>
    public override async Task Watch(StatusRequest request, IServerStreamWriter<RunStatus> responseStream, ServerCallContext context)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        while (true)
        {
            var change = feed.NextChange;
            var isLast = feed.State?.Phase is Ended;
            await responseStream.WriteAsync(builder.Build(), context.CancellationToken);
            if (isLast) return;
            try
            {
                await Task.Delay(ShortestInterval, time, ending.Token);
                await change.WaitAsync(ending.Token);
            }
            catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // At the run's end the last state is still told.
                if (feed.State?.Phase is not Ended)
                    throw new RpcException(new Status(StatusCode.Unavailable, "this coordinator has left the run to the next one"));
            }
        }
    }

    public override Task<StatusRequest> Stop(StopCommand request, ServerCallContext context)
    {
        events.Post(new StopAsked(request.Reason.Length > 0 ? request.Reason : "an operator asked for it.", request.AsFailure));
        return Task.FromResult(new StatusRequest());
    }

    public override Task<StatusRequest> Drain(DrainCommand request, ServerCallContext context)
    {
        if (feed.State?.Phase is Ended ended)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"the run has ended: {ended.Outcome.Reason}"));
        if (feed.State?.Find(request.WorkerId) is null)
        {
            var known = feed.State?.Workers.Select(worker => worker.WorkerId).ToList() ?? [];
            throw new RpcException(new Status(StatusCode.NotFound,
                $"there is no worker '{request.WorkerId}'{NearestName.Hint(request.WorkerId, known)}; connected: {(known.Count == 0 ? "none" : string.Join(", ", known))}"));
        }
        events.Post(new DrainAsked(request.WorkerId, request.Reason.Length > 0 ? request.Reason : "an operator asked for it"));
        return Task.FromResult(new StatusRequest());
    }

    public override Task<StatusRequest> Expect(ExpectCommand request, ServerCallContext context)
    {
        if (request.Workers < 1) throw new RpcException(new Status(StatusCode.InvalidArgument, $"{request.Workers} is no number of workers to wait for"));
        events.Post(new WorkersExpected(request.Workers));
        return Task.FromResult(new StatusRequest());
    }
}
