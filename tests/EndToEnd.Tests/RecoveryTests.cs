using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>Nothing stops the run: whoever dies, hangs, comes or goes, it ends with the bits of the undisturbed one, and no process starts again by itself.</summary>
public sealed class RecoveryTests : IDisposable
{
    private const int Interrupt = 2, Kill = 9, Terminate = 15, Continue = 18, Stop = 19;

    // Of a process that SIGTERM ended, as a shell puts it.
    private const int Terminated = 143;

    private readonly UndisturbedRun _undisturbed;
    private readonly Workspace _workspace = new();
    private readonly Cluster _cluster;

    public RecoveryTests(UndisturbedRun undisturbed)
    {
        _undisturbed = undisturbed;
        _cluster = new Cluster(_workspace, "workers.timeout=3");
    }

    public void Dispose()
    {
        _cluster.Dispose();
        _workspace.Dispose();
    }

    [Fact]
    public async Task Rank_0_is_killed_inside_the_reduction_while_another_hangs()
    {
        var workers = Start(3);
        var hung = await _cluster.AtAsync(rank: 2, step: 5);
        hung.Signal(Stop);
        var status = await _cluster.UntilAsync(
            status => status.Workers.Any(worker => worker.Rank == 0 && worker.Activity.StartsWith("reduction", StringComparison.Ordinal)), "rank 0 waits for the others");
        _cluster.AtRank(status, 0).Signal(Kill);
        await _cluster.UntilAsync(now => now.Generation >= 2, "a generation takes its place");
        hung.Signal(Continue);
        await FinishAsync();

        var codes = await Task.WhenAll(workers.Select(async worker => (await worker.WaitAsync()).ExitCode));
        codes.Order().ShouldBe([0, 0, 128 + Kill]);
    }

    [Fact]
    public async Task From_four_workers_to_one_and_back_to_four()
    {
        Start(4);
        var status = await _cluster.UntilStepAsync(4);
        foreach (var rank in new[] { 1, 3 }) _cluster.AtRank(status, rank).Signal(Kill);
        status = await _cluster.UntilAsync(now => now.State == "training" && Members(now) == 2, "two are left");
        _cluster.AtRank(status, 0).Signal(Kill);
        status = await _cluster.UntilAsync(now => now.State == "training" && Members(now) == 1, "one is left");
        _cluster.StartWorkers(3);
        await _cluster.UntilAsync(now => Members(now) == 4, "there are four again");
        await FinishAsync();

        _workspace.Run("run").ReadResult().Workers.ShouldBe(4);
    }

    [Fact]
    public async Task A_worker_that_is_told_to_go_hands_over_and_ends_with_143()
    {
        Start(2);
        var told = await _cluster.AtAsync(rank: 0, step: 5);
        told.Signal(Terminate);
        (await told.WaitAsync()).ExitCode.ShouldBe(Terminated);
        await FinishAsync();

        _workspace.Run("run").ReadResult().Workers.ShouldBe(1);
    }

    [Fact]
    public async Task All_workers_are_killed_and_others_go_on_from_the_newest_checkpoint()
    {
        Start(2);
        var status = await _cluster.UntilAsync(now => now.LastCheckpoint.Contains("step-00000010", StringComparison.Ordinal), "there is a checkpoint");
        foreach (var rank in new[] { 0, 1 }) _cluster.AtRank(status, rank).Signal(Kill);
        await _cluster.UntilAsync(now => now.State == "waiting" && now.WaitingFor.Length > 0, "the run waits, and says for what");
        _cluster.StartWorkers(3);
        await FinishAsync();

        _workspace.Run("run").ReadResult().Workers.ShouldBe(3);
    }

    [Fact]
    public async Task The_coordinator_is_killed_in_the_middle_of_a_step_and_comes_back()
    {
        var workers = Start(2);
        await _cluster.UntilStepAsync(5);
        _cluster.Coordinator.Signal(Kill);
        await _cluster.Coordinator.WaitAsync();
        _cluster.StartCoordinator(workers: 2, resume: true);
        var status = await _cluster.UntilAsync(now => now.Events.Any(sentence => sentence.Contains("as process 2 of this run", StringComparison.Ordinal)), "it is back");
        status.Events.ShouldContain("Generation 1 stands at step 0.", "what the first process told is told again");
        await FinishAsync();

        foreach (var worker in workers) (await worker.WaitAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task The_coordinator_is_told_to_go_and_another_takes_the_run_up_on_its_port()
    {
        var workers = Start(2);
        await _cluster.UntilStepAsync(5);
        _cluster.Coordinator.Signal(Terminate);
        (await _cluster.Coordinator.WaitAsync()).ExitCode.ShouldBe(Terminated);
        _cluster.StartCoordinator(workers: 2, resume: true);
        await FinishAsync();

        foreach (var worker in workers) (await worker.WaitAsync()).ExitCode.ShouldBe(0);
        _workspace.Run("run").ReadResult().State.ShouldBe("finished");
    }

    [Theory, Trait("Category", "Long")]
    [InlineData(0), InlineData(1), InlineData(2)]
    public async Task Any_one_is_killed(int rank)
    {
        Start(3);
        (await _cluster.AtAsync(rank, step: 6)).Signal(Kill);
        await FinishAsync();
    }

    [Fact, Trait("Category", "Long")]
    public async Task Two_are_killed_at_once()
    {
        Start(4);
        var status = await _cluster.UntilStepAsync(6);
        foreach (var rank in new[] { 0, 2 }) _cluster.AtRank(status, rank).Signal(Kill);
        await FinishAsync();
    }

    [Theory, Trait("Category", "Long")]
    [InlineData(0), InlineData(1)]
    public async Task One_is_killed_during_an_evaluation(int rank)
    {
        Start(2);
        var status = await _cluster.UntilAsync(now => now.State == "evaluating", "an evaluation is under way");
        _cluster.AtRank(status, rank).Signal(Kill);
        await FinishAsync();
    }

    [Fact, Trait("Category", "Long")]
    public async Task The_writer_is_killed_during_a_save()
    {
        Start(2);
        var status = await _cluster.UntilStepAsync(9);
        var writer = _cluster.AtRank(status, 0);
        await Waiting.UntilAsync(() => Directory.Exists(_workspace.Run("run").Checkpoints) && Directory.EnumerateDirectories(_workspace.Run("run").Checkpoints).Any(), "a checkpoint has been begun");
        writer.Signal(Kill);
        await FinishAsync();

        (await _workspace.RunAsync("checkpoint", "verify", "run")).ExitCode.ShouldBe(0);
    }

    [Theory, Trait("Category", "Long")]
    [InlineData(0), InlineData(1)]
    public async Task One_is_killed_while_a_generation_forms(int second)
    {
        Start(3);
        var status = await _cluster.UntilStepAsync(6);
        // A stopped member keeps the next generation from forming.
        var (first, stopped, victim) = (_cluster.AtRank(status, 2), _cluster.AtRank(status, 1), _cluster.AtRank(status, second));
        stopped.Signal(Stop);
        first.Signal(Kill);
        await _cluster.UntilAsync(now => now is { Generation: 2, State: "forming" }, "the second generation forms");
        victim.Signal(Kill);
        await _cluster.UntilAsync(now => now.Generation >= 3, "a third one takes its place");
        if (victim != stopped) stopped.Signal(Continue);
        await FinishAsync();
    }

    [Fact, Trait("Category", "Long")]
    public async Task One_that_hangs_is_left_behind_and_comes_back_when_it_goes_on()
    {
        Start(2);
        var hung = await _cluster.AtAsync(rank: 1, step: 5);
        hung.Signal(Stop);
        var status = await _cluster.UntilAsync(now => now.State == "training" && Members(now) == 1, "the other one goes on");
        status.Events.ShouldContain(sentence => sentence.Contains("no sign of life", StringComparison.Ordinal));
        hung.Signal(Continue);
        await FinishAsync();
    }

    [Fact, Trait("Category", "Long")]
    public async Task One_joins_while_another_one_dies()
    {
        Start(2);
        var status = await _cluster.UntilStepAsync(3);
        _cluster.StartWorker();
        await _cluster.UntilAsync(now => now.Workers.Count == 3, "a third one has joined");
        _cluster.AtRank(status, 1).Signal(Kill);
        await FinishAsync();
    }

    [Fact, Trait("Category", "Long")]
    public async Task An_operator_drains_a_worker()
    {
        Start(3);
        var status = await _cluster.UntilStepAsync(5);
        var drained = _cluster.AtRank(status, 1);
        var outcome = await _workspace.RunAsync("drain", status.Workers.Single(worker => worker.Rank == 1).WorkerId, "--output", "run");
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        (await drained.WaitAsync()).ExitCode.ShouldBe(Terminated);
        await FinishAsync();
    }

    [Fact, Trait("Category", "Long")]
    public async Task The_last_worker_saves_the_state_before_it_goes()
    {
        Start(1);
        var last = await _cluster.AtAsync(rank: 0, step: 5);
        last.Signal(Interrupt);
        (await last.WaitAsync()).ExitCode.ShouldBe(Terminated);
        var status = await _cluster.UntilAsync(now => now.State == "waiting", "the run waits");
        status.LastCheckpoint.ShouldNotBeEmpty();
        _cluster.StartWorkers(2);
        await FinishAsync();
    }

    [Fact, Trait("Category", "Long")]
    public async Task The_coordinator_is_killed_while_a_generation_forms()
    {
        Start(3);
        var status = await _cluster.UntilStepAsync(6);
        var stopped = _cluster.AtRank(status, 1);
        stopped.Signal(Stop);
        _cluster.AtRank(status, 2).Signal(Kill);
        await _cluster.UntilAsync(now => now is { Generation: 2, State: "forming" }, "the second generation forms");
        _cluster.Coordinator.Signal(Kill);
        await _cluster.Coordinator.WaitAsync();
        stopped.Signal(Continue);
        _cluster.StartCoordinator(workers: 3, resume: true);
        await FinishAsync();
    }

    [Fact, Trait("Category", "Long")]
    public async Task A_worker_dies_while_the_coordinator_is_away()
    {
        Start(3);
        var status = await _cluster.UntilStepAsync(6);
        _cluster.Coordinator.Signal(Kill);
        await _cluster.Coordinator.WaitAsync();
        _cluster.AtRank(status, 1).Signal(Kill);
        _cluster.StartCoordinator(workers: 3, resume: true);
        await FinishAsync();
    }

    // Away for longer than training takes to the end of its order, and nearly for as long as workers look for it.
    [Theory, Trait("Category", "Long")]
    [InlineData(20), InlineData(60)]
    public async Task The_coordinator_is_away_for_a_while(int seconds)
    {
        using var cluster = new Cluster(_workspace, "workers.timeout=3", "workers.orphanTimeout=90");
        cluster.StartCoordinator(workers: 2);
        var workers = cluster.StartWorkers(2);
        await cluster.UntilStepAsync(5);
        cluster.Coordinator.Signal(Kill);
        await cluster.Coordinator.WaitAsync();
        await Task.Delay(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
        cluster.StartCoordinator(workers: 2, resume: true);
        await cluster.FinishAsync();

        _undisturbed.ShouldBeReachedBy(_workspace.Run("run"));
        foreach (var worker in workers) (await worker.WaitAsync()).ExitCode.ShouldBe(0);
    }

    private static int Members(Inception.Distributed.Protocol.RunStatus status) => status.Workers.Count(worker => worker.Rank >= 0);

    private InceptionProcess[] Start(int workers)
    {
        _cluster.StartCoordinator(workers);
        return _cluster.StartWorkers(workers);
    }

    private async Task FinishAsync()
    {
        await _cluster.FinishAsync();
        _undisturbed.ShouldBeReachedBy(_workspace.Run("run"));
    }
}
