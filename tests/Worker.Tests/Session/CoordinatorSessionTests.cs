using Grpc.Net.Client;
using Inception.Distributed.Protocol;
using Inception.Distributed.Worker.Metrics;
using Inception.Distributed.Worker.Session;
using Microsoft.Extensions.Logging.Abstractions;
using MessageCase = Inception.Distributed.Protocol.WorkerMessage.MessageOneofCase;

namespace Inception.Distributed.Worker.Tests.Session;

/// <summary>A worker's session over coordinators that come and go, with real connections on loopback.</summary>
public sealed class CoordinatorSessionTests : IAsyncDisposable
{
    private static readonly CoordinatorMessage End = new() { Finished = new Finished { State = "finished" } };

    private readonly Outbox _outbox = new();
    private readonly FakePeer _peer = new();
    private readonly List<FakeCoordinator> _coordinators = [];
    private GrpcChannel? _channel;

    [Fact]
    public async Task ACoordinatorThatIsKilledAndComesBack_IsReattachedTo_AndGetsWhatItLacks()
    {
        var first = await StartAsync(_ => [FakeCoordinator.Welcome("run", epoch: 1)]);
        var run = RunAsync(first.Url);
        for (var step = 1; step <= 3; step++) Report(step);
        for (var step = 1; step <= 3; step++) (await first.HearAsync(MessageCase.StepReport)).Sequence.ShouldBe(step);
        _outbox.Acknowledge(1);
        var port = first.Url.Port;
        await first.DisposeAsync();
        Report(4);

        Standing? standing = null;
        var second = await StartAsync(hello =>
        {
            standing = hello.Standing;
            return [FakeCoordinator.Welcome("run", epoch: 2, lastSequence: 2)];
        }, port);
        (await second.HearAsync(MessageCase.StepReport)).Sequence.ShouldBe(3);
        (await second.HearAsync(MessageCase.StepReport)).Sequence.ShouldBe(4);

        (standing!.RunId, standing.Epoch, standing.HeldStep).ShouldBe(("run", 1, 77));
        await second.DisposeAsync();
        await StartAsync(_ => [End], port);
        (await run)!.Finished.State.ShouldBe("finished");
    }

    [Fact]
    public async Task AStaleCoordinator_AndOneOfAnotherRun_AreTurnedAway()
    {
        var first = await StartAsync(_ => [FakeCoordinator.Welcome("run", epoch: 5)]);
        var run = RunAsync(first.Url);
        await first.HearAsync(MessageCase.Heartbeat);
        var port = first.Url.Port;
        await first.DisposeAsync();
        Report(1);

        foreach (var (name, epoch) in new[] { ("run", 4L), ("other", 9L) })
        {
            var wrong = await StartAsync(_ => [FakeCoordinator.Welcome(name, epoch)], port);
            await wrong.HearAsync(MessageCase.Hello);
            await wrong.HearAsync(MessageCase.Hello);
            wrong.Heard.Reader.TryPeek(out var message).ShouldBeFalse($"{message}");
            await wrong.DisposeAsync();
        }

        var right = await StartAsync(_ => [FakeCoordinator.Welcome("run", epoch: 5), End], port);
        (await run)!.Finished.State.ShouldBe("finished");
        right.Heard.Reader.Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task ACoordinatorThatDoesNotComeBack_IsGivenUp()
    {
        var first = await StartAsync(_ => [FakeCoordinator.Welcome("run", epoch: 1)]);
        var run = RunAsync(first.Url, TimeSpan.FromMilliseconds(300));
        await first.HearAsync(MessageCase.Heartbeat);
        await first.DisposeAsync();
        (await run).ShouldBeNull();
    }

    [Fact]
    public async Task Acknowledgements_GoToTheOutbox_AndOtherMessagesToTheTrainer()
    {
        Report(1);
        Report(2);
        var coordinator = await StartAsync(_ =>
        [
            FakeCoordinator.Welcome("run", epoch: 1), new CoordinatorMessage { Acknowledgement = new Acknowledgement { Sequence = 2 } },
            new CoordinatorMessage { YieldRequested = new YieldRequested { Generation = 3 } }, End,
        ]);
        await RunAsync(coordinator.Url);
        _peer.Delivered.ShouldBe([CoordinatorMessage.MessageOneofCase.YieldRequested, CoordinatorMessage.MessageOneofCase.Finished]);
        _outbox.ResumeAfter(0);
        _outbox.Complete();
        (await _outbox.NextAsync(TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        foreach (var coordinator in _coordinators) await coordinator.DisposeAsync();
    }

    private void Report(long step) => _outbox.Send(new WorkerMessage { StepReport = new StepReport { Step = step } });

    private async Task<FakeCoordinator> StartAsync(Func<Hello, IReadOnlyList<CoordinatorMessage>> answer, int port = 0)
    {
        var coordinator = await FakeCoordinator.StartAsync(answer, port);
        _coordinators.Add(coordinator);
        return coordinator;
    }

    private async Task<CoordinatorMessage?> RunAsync(Uri url, TimeSpan? orphanTimeout = null)
    {
        _channel = GrpcChannel.ForAddress(url);
        var session = new CoordinatorSession(new WorkerOptions { Coordinator = url }, _channel, _outbox, new WorkerMetrics(), TimeProvider.System, NullLogger<CoordinatorSession>.Instance);
        var connection = await session.ConnectAsync(TestContext.Current.CancellationToken);
        return await session.RunAsync(connection, _peer, orphanTimeout ?? TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private sealed class FakePeer : ISessionPeer
    {
        public List<CoordinatorMessage.MessageOneofCase> Delivered { get; } = [];

        public Standing Standing => new() { HeldStep = 77 };

        public void Deliver(CoordinatorMessage message) => Delivered.Add(message.MessageCase);

        public Heartbeat Beat() => new();
    }
}
