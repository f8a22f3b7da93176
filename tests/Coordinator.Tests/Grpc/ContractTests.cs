using System.Reflection;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Tests.Grpc;

/// <summary>The real client and server libraries run over the contract assemblies: every kind of call, and every way to end one.</summary>
public sealed class ContractTests : IAsyncLifetime
{
    private readonly TestStore _store = new();
    private LoopbackServer<TestStore> _server = null!;
    private RendezvousStore.RendezvousStoreClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await LoopbackServer<TestStore>.StartAsync(_store);
        _client = new RendezvousStore.RendezvousStoreClient(_server.Channel);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Unary_Call_ReturnsTheResponseWithHeadersAndTrailers()
    {
        var value = ByteString.CopyFrom(Enumerable.Range(0, 100_000).Select(i => (byte)(i % 251)).ToArray());
        using var call = _client.SetAsync(new StoreSetRequest { Value = value }, new Metadata { { "Echo", "yes" }, { "raw-bin", [0, 255] } }, cancellationToken: Cancel);

        (await call).Value.ShouldBe(value);
        (await call.ResponseHeadersAsync).GetValue("echo").ShouldBe("yes");
        call.GetTrailers().GetValueBytes("raw-bin").ShouldBe([0, 255]);
        call.GetStatus().StatusCode.ShouldBe(StatusCode.OK);
    }

    [Fact]
    public void Unary_BlockingCall_Returns() =>
        _client.Set(new StoreSetRequest { Value = ByteString.CopyFromUtf8("x") }, cancellationToken: Cancel).Value.ToStringUtf8().ShouldBe("x");

    [Fact]
    public async Task Unary_ServerThrows_StatusCodeAndDetailArrive()
    {
        var error = await Should.ThrowAsync<RpcException>(async () => await _client.AddAsync(new StoreAddRequest(), cancellationToken: Cancel));

        error.StatusCode.ShouldBe(StatusCode.Aborted);
        error.Status.Detail.ShouldBe("superseded: généralement, 100 %");
        error.Trailers.GetValue("generation").ShouldBe("7");
    }

    [Fact]
    public async Task Unary_DeadlinePasses_EndsOnBothSides()
    {
        // The clock of the deadline is gRPC's own.
        var deadline = TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(150);
        var error = await Should.ThrowAsync<RpcException>(async () => await _client.GetAsync(new StoreGetRequest(), deadline: deadline, cancellationToken: Cancel));

        error.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
        await _store.GetCancelled.Task.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Unary_ClientCancels_EndsOnBothSides()
    {
        using var cancel = new CancellationTokenSource();
        using var call = _client.GetAsync(new StoreGetRequest(), cancellationToken: cancel.Token);
        await _store.GetStarted.Task.WaitAsync(Cancel);
        await cancel.CancelAsync();

        (await Should.ThrowAsync<RpcException>(async () => await call)).StatusCode.ShouldBe(StatusCode.Cancelled);
        await _store.GetCancelled.Task.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Unary_MethodNotImplemented_SaysSo() =>
        (await Should.ThrowAsync<RpcException>(async () => await _client.CountAsync(new StoreKeysRequest(), cancellationToken: Cancel)))
            .StatusCode.ShouldBe(StatusCode.Unimplemented);

    [Theory]
    [InlineData(typeof(GrpcChannel))]
    [InlineData(typeof(GrpcServiceOptions))]
    public void ContractAssemblies_HaveTheIdentityThatTheLibrariesAskFor(Type library)
    {
        var asked = library.Assembly.GetReferencedAssemblies().Where(name => name.Name is "Grpc.Core.Api" or "Grpc.Net.Common").ToList();

        asked.Count.ShouldBe(2);
        foreach (var name in asked)
            Assembly.Load(name).GetName().FullName.ShouldBe(name.FullName);
    }

    [Theory]
    [InlineData(typeof(GrpcChannel))]
    [InlineData(typeof(GrpcServiceOptions))]
    public void ContractAssemblies_HaveEveryTypeAndMemberThatTheLibrariesReferTo(Type library)
    {
        const int FirstMemberReference = 0x0A000001;
        var module = library.Module;
        Type[] anyArguments = [.. Enumerable.Repeat(typeof(object), 8)];

        module.GetTypes().ShouldNotBeEmpty(); // Loads all: an override or interface member without its counterpart throws.
        var resolved = 0;
        for (var token = FirstMemberReference; ; token++)
        {
            try
            {
                module.ResolveMember(token, anyArguments, anyArguments);
                resolved++;
            }
            catch (TypeLoadException error) when (error.Message.Contains("violates the constraint", StringComparison.Ordinal))
            {
                // A generic type of the library's own that does not take object; a missing type reads differently.
            }
            catch (ArgumentOutOfRangeException)
            {
                break; // past the end of the table
            }
        }
        resolved.ShouldBeGreaterThan(300);
    }

    private sealed class TestStore : RendezvousStore.RendezvousStoreBase
    {
        public TaskCompletionSource GetStarted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource GetCancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async Task<StoreReply> Set(StoreSetRequest request, ServerCallContext context)
        {
            if (context.RequestHeaders.GetValue("echo") is { } echo)
                await context.WriteResponseHeadersAsync(new Metadata { { "echo", echo } });
            if (context.RequestHeaders.GetValueBytes("raw-bin") is { } raw)
                context.ResponseTrailers.Add("raw-bin", raw);
            return new StoreReply { Value = request.Value };
        }

        public override Task<StoreAddReply> Add(StoreAddRequest request, ServerCallContext context) =>
            throw new RpcException(new Status(StatusCode.Aborted, "superseded: généralement, 100 %"), new Metadata { { "generation", "7" } });

        public override async Task<StoreReply> Get(StoreGetRequest request, ServerCallContext context)
        {
            using var registration = context.CancellationToken.Register(() => GetCancelled.TrySetResult());
            GetStarted.TrySetResult();
            await GetCancelled.Task;
            throw new OperationCanceledException(context.CancellationToken);
        }
    }
}
