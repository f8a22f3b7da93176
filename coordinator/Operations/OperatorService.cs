using Grpc.Core;
using Inception.Distributed.Coordinator.Loop;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Operations;

/// <summary>What people and the command line may ask for.</summary>
internal sealed class OperatorService(RunStatusBuilder builder, StateFeed feed, IRunEvents events, TimeProvider time) : Operator.OperatorBase
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);

    public override Task<RunStatus> GetStatus(StatusRequest request, ServerCallContext context) => Task.FromResult(builder.Build());

    /// <summary>Ends after the message that holds the final state.</summary>
    public override async Task Watch(StatusRequest request, IServerStreamWriter<RunStatus> responseStream, ServerCallContext context)
    {
        while (true)
        {
            var change = feed.NextChange;
            var isLast = feed.State?.Phase is Ended;
            await responseStream.WriteAsync(builder.Build(), context.CancellationToken);
            if (isLast) return;
            await Task.Delay(ShortestInterval, time, context.CancellationToken);
            await change.WaitAsync(context.CancellationToken);
        }
    }

    public override Task<StatusRequest> Stop(StopCommand request, ServerCallContext context)
    {
        events.Post(new StopAsked(request.Reason.Length > 0 ? request.Reason : "an operator asked for it."));
        return Task.FromResult(new StatusRequest());
    }
}
