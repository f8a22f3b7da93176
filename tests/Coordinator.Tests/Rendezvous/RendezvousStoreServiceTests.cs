using Google.Protobuf;
using Grpc.Core;
using Inception.Distributed.Coordinator.Rendezvous;
using Inception.Distributed.Coordinator.Tests.Grpc;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Tests.Rendezvous;

public sealed class RendezvousStoreServiceTests : IAsyncLifetime
{
    private readonly RendezvousKeys _keys = new();
    private LoopbackServer<RendezvousStoreService> _server = null!;
    private RendezvousStore.RendezvousStoreClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _keys.Open(1);
        _server = await LoopbackServer<RendezvousStoreService>.StartAsync(new RendezvousStoreService(_keys, TimeProvider.System));
        _client = new RendezvousStore.RendezvousStoreClient(_server.Channel);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task EveryCall_OverTheWire()
    {
        var value = ByteString.CopyFrom(0, 1, 255);
        var get = _client.GetAsync(new StoreGetRequest { Generation = 1, Key = "a", TimeoutMilliseconds = 30_000 }, cancellationToken: Cancel);
        await _client.SetAsync(new StoreSetRequest { Generation = 1, Key = "a", Value = value }, cancellationToken: Cancel);

        (await get).Value.ShouldBe(value);
        (await _client.AddAsync(new StoreAddRequest { Generation = 1, Key = "n", Amount = 4 }, cancellationToken: Cancel)).Value.ShouldBe(4);
        (await _client.CompareSetAsync(new StoreCompareSetRequest { Generation = 1, Key = "a", Expected = value, Desired = ByteString.CopyFromUtf8("z") },
            cancellationToken: Cancel)).Value.ToStringUtf8().ShouldBe("z");
        await _client.WaitAsync(new StoreKeysRequest { Generation = 1, Keys = { "a", "n" } }, cancellationToken: Cancel);
        (await _client.CheckAsync(new StoreKeysRequest { Generation = 1, Keys = { "a", "x" } }, cancellationToken: Cancel)).AllExist.ShouldBeFalse();
        (await _client.CountAsync(new StoreKeysRequest { Generation = 1 }, cancellationToken: Cancel)).Value.ShouldBe(2);
        (await _client.DeleteAsync(new StoreKeysRequest { Generation = 1, Keys = { "a" } }, cancellationToken: Cancel)).Value.ShouldBe(1);
    }

    [Fact]
    public async Task Get_TimesOut_WithDeadlineExceeded()
    {
        var error = await Should.ThrowAsync<RpcException>(async () =>
            await _client.GetAsync(new StoreGetRequest { Generation = 1, Key = "a", TimeoutMilliseconds = 50 }, cancellationToken: Cancel));
        error.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
        error.Status.Detail.ShouldBe("no a within 50 ms");
    }

    [Fact]
    public async Task Wait_Superseded_EndsAtOnceWithAborted()
    {
        var wait = _client.WaitAsync(new StoreKeysRequest { Generation = 1, Keys = { "a" } }, cancellationToken: Cancel);
        await _client.SetAsync(new StoreSetRequest { Generation = 1, Key = "other" }, cancellationToken: Cancel);
        _keys.Open(2);

        (await Should.ThrowAsync<RpcException>(async () => await wait)).StatusCode.ShouldBe(StatusCode.Aborted);
        var late = await Should.ThrowAsync<RpcException>(async () =>
            await _client.SetAsync(new StoreSetRequest { Generation = 1, Key = "a" }, cancellationToken: Cancel));
        late.StatusCode.ShouldBe(StatusCode.Aborted);
        late.Status.Detail.ShouldBe("generation 1 is not the present one, which is 2");
    }
}
