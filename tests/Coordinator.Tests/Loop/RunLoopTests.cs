using Inception.Distributed.Coordinator.Journal;
using Inception.Distributed.Coordinator.Loop;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Metrics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Inception.Distributed.Coordinator.Tests.Loop;

public sealed class RunLoopTests
{
    private readonly StateFeed _feed = new();
    private readonly List<string> _order = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RunLoop Loop(Action<Decision> journal) =>
        new(new RunState(TestJobs.Settings()), new FakeJournal(journal), _feed, new RunCounters(), TimeProvider.System, NullLogger<RunLoop>.Instance);

    [Fact]
    public async Task Effects_LeaveAfterTheCommit_AndReadersSeeTheStateAfterThem()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var loop = Loop(_ => _order.Add("commit"));
        loop.Post(new StopAsked("now."));
        var running = loop.RunAsync(new FakeEffects(_ => _order.Add(_feed.State!.Phase is Ended ? "effect too late" : "effect")), end.Token);

        (await _feed.WaitForEndAsync(Cancel)).Ending.ShouldBe(RunEnding.Stopped);
        _order.ShouldBe(["commit", "effect"]);
        await end.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    [Fact]
    public async Task JournalFails_NothingLeavesTheProcess()
    {
        var loop = Loop(_ => throw new JournalException("disk full", new IOException()));
        loop.Post(new WorkerJoined(new SessionId(1), "w", "h", "cpu", 1));

        await Should.ThrowAsync<JournalException>(loop.RunAsync(new FakeEffects(_ => _order.Add("effect")), Cancel));

        _order.ShouldBeEmpty();
        _feed.State!.Workers.ShouldBeEmpty("the state is that of the last commit");
    }

    [Fact]
    public async Task LateEvent_IsNotJournaled()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var loop = Loop(decision => _order.Add(decision.Reason!));
        loop.Post(new WorkerLost(new SessionId(99), "x", 0, ""));
        loop.Post(new StopAsked("now."));
        var running = loop.RunAsync(new FakeEffects(_ => { }), end.Token);

        await _feed.WaitForEndAsync(Cancel);
        _order.ShouldBe(["Stopped before training started: now."]);
        _feed.Current!.Sentences.ShouldBe(_order);
        await end.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    private sealed class FakeJournal(Action<Decision> commit) : IJournal
    {
        public void Commit(RunEvent @event, Decision decision, DateTimeOffset at) => commit(decision);
    }

    private sealed class FakeEffects(Action<Effect> perform) : IEffects
    {
        public void Perform(Effect effect, RunState state) => perform(effect);
    }
}
