using Google.Protobuf;
using Grpc.Core;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Rendezvous;

/// <summary>
/// c10d's store over gRPC: no extra port, and no worker whose death takes the store along. A call of another generation than the
/// present one ends with ABORTED, a wait past its time-out with DEADLINE_EXCEEDED, a value without room with RESOURCE_EXHAUSTED. A time-out of 0 waits as long as the generation lives.
/// </summary>
internal sealed class RendezvousStoreService(RendezvousKeys keys, TimeProvider time) : RendezvousStore.RendezvousStoreBase
{
    public override Task<StoreReply> Set(StoreSetRequest request, ServerCallContext context) => Answer(() =>
    {
        keys.Set(request.Generation, request.Key, request.Value.ToByteArray());
        return new StoreReply();
    });

    public override async Task<StoreReply> Get(StoreGetRequest request, ServerCallContext context) => Reply(await WaitAsync(
        request.TimeoutMilliseconds, request.Key, context, cancel => keys.GetAsync(request.Generation, request.Key, cancel)));

    public override Task<StoreAddReply> Add(StoreAddRequest request, ServerCallContext context) =>
        Answer(() => new StoreAddReply { Value = keys.Add(request.Generation, request.Key, request.Amount) });

    public override Task<StoreReply> CompareSet(StoreCompareSetRequest request, ServerCallContext context) => Answer(() => Reply(
        keys.CompareSet(request.Generation, request.Key, request.Expected.ToByteArray(), request.Desired.ToByteArray())));

    public override Task<StoreCheckReply> Check(StoreKeysRequest request, ServerCallContext context) =>
        Answer(() => new StoreCheckReply { AllExist = keys.HasAll(request.Generation, request.Keys) });

    public override Task<StoreReply> Wait(StoreKeysRequest request, ServerCallContext context) => WaitAsync(
        request.TimeoutMilliseconds, string.Join(", ", request.Keys), context, async cancel =>
        {
            await keys.WaitAsync(request.Generation, request.Keys, cancel);
            return new StoreReply();
        });

    public override Task<StoreAddReply> Delete(StoreKeysRequest request, ServerCallContext context) =>
        Answer(() => new StoreAddReply { Value = keys.Delete(request.Generation, request.Keys) });

    public override Task<StoreAddReply> Count(StoreKeysRequest request, ServerCallContext context) =>
        Answer(() => new StoreAddReply { Value = keys.Count(request.Generation) });

    private static StoreReply Reply(byte[] value) => new() { Value = ByteString.CopyFrom(value) };

    private static Task<T> Answer<T>(Func<T> answer)
    {
        try
        {
            return Task.FromResult(answer());
        }
        catch (SupersededException superseded)
        {
            throw Aborted(superseded);
        }
        catch (StoreFullException full)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, full.Message));
        }
    }

    private async Task<T> WaitAsync<T>(long timeoutMilliseconds, string awaited, ServerCallContext context, Func<CancellationToken, Task<T>> wait)
    {
        using var timeout = timeoutMilliseconds > 0
            ? new CancellationTokenSource(TimeSpan.FromMilliseconds(timeoutMilliseconds), time)
            : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.CancellationToken);
        try
        {
            return await wait(either.Token);
        }
        catch (SupersededException superseded)
        {
            throw Aborted(superseded);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"no {awaited} within {timeoutMilliseconds} ms"));
        }
    }

    private static RpcException Aborted(SupersededException superseded) => new(new Status(StatusCode.Aborted, superseded.Message));
}
