using Grpc.Core;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Tests.Grpc;

public sealed class StreamingContractTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Duplex_MessagesGoBothWaysInOrder_AndEachSideEndsItsOwn()
    {
        await using var server = await LoopbackServer<TestSession>.StartAsync(new TestSession());
        using var call = new WorkerSession.WorkerSessionClient(server.Channel).Open(cancellationToken: Cancel);

        foreach (var id in new[] { "a", "b", "c" })
        {
            await call.RequestStream.WriteAsync(new WorkerMessage { Hello = new Hello { WorkerId = id } }, Cancel);
            (await call.ResponseStream.MoveNext(Cancel)).ShouldBeTrue();
            call.ResponseStream.Current.Welcome.RunId.ShouldBe(id);
        }
        await call.RequestStream.CompleteAsync();

        (await call.ResponseStream.ReadAllAsync(Cancel).ToListAsync(Cancel)).Single().Finished.Reason.ShouldBe("3 messages");
        call.GetStatus().StatusCode.ShouldBe(StatusCode.OK);
    }

    [Fact]
    public async Task Duplex_ClientGoesAway_ServerSeesItAtOnce()
    {
        var session = new TestSession();
        await using var server = await LoopbackServer<TestSession>.StartAsync(session);
        using (var call = new WorkerSession.WorkerSessionClient(server.Channel).Open(cancellationToken: Cancel))
        {
            await call.RequestStream.WriteAsync(new WorkerMessage { Hello = new Hello() }, Cancel);
            await call.ResponseStream.MoveNext(Cancel);
        }

        await session.Broken.Task.WaitAsync(Cancel);
    }

    [Fact]
    public async Task ServerStreaming_MessagesArriveUntilTheServerEnds()
    {
        await using var server = await LoopbackServer<TestOperator>.StartAsync(new TestOperator());
        using var call = new Operator.OperatorClient(server.Channel).Watch(new StatusRequest(), cancellationToken: Cancel);

        (await call.ResponseStream.ReadAllAsync(Cancel).Select(status => status.Step).ToListAsync(Cancel)).ShouldBe([1, 2, 3]);
    }

    private sealed class TestSession : WorkerSession.WorkerSessionBase
    {
        public TaskCompletionSource Broken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async Task Open(
            IAsyncStreamReader<WorkerMessage> requestStream, IServerStreamWriter<CoordinatorMessage> responseStream, ServerCallContext context)
        {
            var count = 0;
            try
            {
                await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
                {
                    count++;
                    await responseStream.WriteAsync(new CoordinatorMessage { Welcome = new Welcome { RunId = message.Hello.WorkerId } });
                }
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                Broken.SetResult();
                throw;
            }
            await responseStream.WriteAsync(new CoordinatorMessage { Finished = new Finished { Reason = $"{count} messages" } });
        }
    }

    private sealed class TestOperator : Operator.OperatorBase
    {
        public override async Task Watch(StatusRequest request, IServerStreamWriter<RunStatus> responseStream, ServerCallContext context)
        {
            for (var step = 1; step <= 3; step++)
                await responseStream.WriteAsync(new RunStatus { Step = step }, context.CancellationToken);
        }
    }
}
