using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Inception.Distributed.Coordinator.Security;

/// <summary>
/// Logs what a handler throws beside the answers that it means to give, once for each kind: gRPC's own log, which has a stack trace for every message that
/// can't be parsed, is off.
/// </summary>
internal sealed class HandlerFaults(Refusals refusals, ILogger<HandlerFaults> log) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        WatchAsync(context, () => continuation(request, context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        WatchAsync(context, async () =>
        {
            await continuation(request, responseStream, context);
            return true;
        });

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        WatchAsync(context, async () =>
        {
            await continuation(requestStream, responseStream, context);
            return true;
        });

    private async Task<T> WatchAsync<T>(ServerCallContext context, Func<Task<T>> handle)
    {
        try
        {
            return await handle();
        }
        catch (Exception error) when (error is not (RpcException or OperationCanceledException or IOException) && !context.CancellationToken.IsCancellationRequested)
        {
            if (refusals.IsNew(Refusal.Malformed, context.Method, error.GetType().Name)) log.HandlerFailed(error, context.Method);
            throw;
        }
    }
}
