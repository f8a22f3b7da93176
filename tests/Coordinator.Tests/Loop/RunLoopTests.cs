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

    private RunLoop Loop(Action<Decision> journal, Action? committed = null) =>
        new(new RunState(TestJobs.Settings()), new FakeJournal(journal, committed), _feed, new RunCounters(), TimeProvider.System, NullLogger<RunLoop>.Instance);

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

    [Fact]
    public async Task EventsThatPiledUp_ShareACommit_AndTheirEffectsLeaveInOrder()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var loop = Loop(_ => _order.Add("decided"), () => _order.Add("committed"));
        foreach (var number in new[] { 1, 2 })
            loop.Post(new WorkerJoined(new SessionId(number), $"w{number}", "h", "cpu", number), () => _order.Add($"{number} is durable"));
        var observed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Observe(state =>
        {
            _order.Add($"observed with {state.Workers.Length}");
            observed.SetResult();
        });
        loop.Post(new StopAsked("now."));
        var running = loop.RunAsync(new FakeEffects(effect => _order.Add(effect.GetType().Name)), end.Token);

        await observed.Task.WaitAsync(Cancel);
        await _feed.WaitForEndAsync(Cancel);
        _order.Take(8).ShouldBe(["decided", "decided", "committed", "1 is durable", "Send", "2 is durable", "Send", "observed with 2"]);
        await end.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    private sealed class FakeJournal(Action<Decision> commit, Action? committed) : IJournal
    {
        public void Commit(IReadOnlyList<JournalEntry> entries)
        {
            foreach (var entry in entries) commit(entry.Decision);
            committed?.Invoke();
        }
    }

    private sealed class FakeEffects(Action<Effect> perform) : IEffects
    {
        public void Perform(Effect effect, RunState state) => perform(effect);
    }
}
