using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>How a run begins and ends, whoever ends it.</summary>
public sealed class LifecycleTests(UndisturbedRun undisturbed) : IDisposable
{
    private const int Interrupt = 2, Kill = 9, Terminate = 15;

    // Its line; the very first step may have been followed by another before the display looked.
    private const string FirstStep = "/30  epoch";

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void A_finished_run_says_what_it_came_to()
    {
        var result = undisturbed.Result;

        result.State.ShouldBe("finished");
        result.Workers.ShouldBe(2);
        result.WeightsSha256!.Length.ShouldBe(64);
        undisturbed.Files.ReadTimelessLog().Count.ShouldBe((int)result.Step);
        var output = undisturbed.Outcome.Output;
        foreach (var text in new[] { "top-1", "top-5", "images/s", "reduction", "checkpoint", "log.jsonl", result.WeightsSha256 }) output.ShouldContain(text);
        undisturbed.Outcome.Errors.ShouldBeEmpty();
        File.Exists(Path.Combine(undisturbed.Files.Directory, "coordinator.json")).ShouldBeFalse();
    }

    [Fact]
    public async Task One_interrupt_stops_with_a_checkpoint_from_which_the_run_goes_on_to_the_same_weights()
    {
        using var run = Start();
        await run.ReadUntilAsync(FirstStep);
        run.Signal(Interrupt);
        var stopped = await run.WaitAsync();

        stopped.ExitCode.ShouldBe(130, stopped.ToString());
        var (state, step) = (_workspace.Run("runs/tiny").ReadResult().State, _workspace.Run("runs/tiny").ReadResult().Step);
        state.ShouldBe("stopped");
        step.ShouldBeInRange(1, undisturbed.Result.Step - 1);

        var resumed = await _workspace.RunAsync("train", Workspace.TinyJob, "--workers", "3", "--resume");
        resumed.ExitCode.ShouldBe(0, resumed.ToString());
        _workspace.Run("runs/tiny").ReadResult().WeightsSha256.ShouldBe(undisturbed.Result.WeightsSha256);
        _workspace.Run("runs/tiny").ReadTimelessLog().ShouldBe(undisturbed.Files.ReadTimelessLog());
    }

    [Fact]
    public async Task Sigterm_stops_like_an_interrupt()
    {
        using var run = Start();
        await run.ReadUntilAsync(FirstStep);
        run.Signal(Terminate);

        (await run.WaitAsync()).ExitCode.ShouldBe(130);
        _workspace.Run("runs/tiny").ReadResult().State.ShouldBe("stopped");
    }

    [Fact]
    public async Task A_second_interrupt_ends_everything_at_once()
    {
        using var run = Start();
        await run.ReadUntilAsync(FirstStep);
        var children = run.Children();
        run.Signal(Interrupt);
        run.Signal(Interrupt);

        (await run.WaitAsync()).ExitCode.ShouldBe(130);
        await Processes.WaitUntilGoneAsync(children);
    }

    [Fact]
    public async Task Nothing_outlives_a_launcher_that_is_killed()
    {
        using var run = Start();
        await run.ReadUntilAsync(FirstStep);
        var children = run.Children();
        children.Count.ShouldBe(3, "a coordinator and two workers");
        run.Signal(Kill);

        await Processes.WaitUntilGoneAsync(children);
    }

    [Fact]
    public async Task A_local_worker_that_is_killed_is_done_without()
    {
        using var run = Start();
        await run.ReadUntilAsync("The checkpoint of step 10 is committed");
        Processes.Kill(Worker(run, 2));
        var outcome = await run.WaitAsync();

        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        outcome.Output.ShouldContain("worker 2 ended with exit code 137; the run goes on with 1 local worker.");
        undisturbed.ShouldBeReachedBy(_workspace.Run("runs/tiny"));
    }

    [Fact]
    public async Task When_the_last_local_worker_is_killed_the_run_ends_with_a_clear_message()
    {
        using var run = Start();
        await run.ReadUntilAsync("The checkpoint of step 10 is committed");
        foreach (var worker in new[] { 1, 2 }) Processes.Kill(Worker(run, worker));
        var outcome = await run.WaitAsync();

        outcome.ExitCode.ShouldBe(1, outcome.ToString());
        outcome.Errors.ShouldContain("No worker is left");
        _workspace.Run("runs/tiny").ReadResult().State.ShouldBe("failed");
        (await _workspace.RunAsync("checkpoint", "verify", "runs/tiny")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_worker_that_dies_before_it_joins_is_not_waited_for()
    {
        using var run = Start();
        await _workspace.WaitForFileAsync("runs/tiny/logs/worker-2.log");
        Processes.Kill(Worker(run, 2));
        var outcome = await run.WaitAsync();

        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        _workspace.Run("runs/tiny").ReadResult().Workers.ShouldBe(1);
    }

    [Fact]
    public async Task A_coordinator_that_is_killed_ends_the_run_with_a_clear_message()
    {
        using var run = Start();
        await run.ReadUntilAsync(FirstStep);
        var children = run.Children();
        Processes.Kill(children.Single(id => Processes.CommandLine(id).Contains("coordinator.log", StringComparison.Ordinal)));
        var outcome = await run.WaitAsync();

        outcome.ExitCode.ShouldBe(1, outcome.ToString());
        outcome.Errors.ShouldContain("error: coordinator ended with exit code 137");
        await Processes.WaitUntilGoneAsync(children);
    }

    [Fact]
    public async Task Status_tells_of_a_running_run_and_says_when_there_is_none()
    {
        using var run = Start();
        await run.ReadUntilAsync(FirstStep);
        var status = await _workspace.RunAsync("status");
        run.Signal(Interrupt);
        await run.WaitAsync();

        status.ExitCode.ShouldBe(0, status.ToString());
        status.Output.ShouldStartWith("tiny: ");
        status.Output.ShouldContain("rank 1, 3 micro-batches");
        (await _workspace.RunAsync("status")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task A_run_that_can_save_nothing_comes_to_its_end_says_so_and_fails()
    {
        Directory.CreateDirectory(_workspace.PathOf("run"));
        _workspace.Write("run/checkpoints", "a file where the directory should be");
        var outcome = await _workspace.RunAsync(
            "train", Workspace.TinyJob, "--workers", "2", "--output", "run", "--set", "checkpoint.retries=1", "--set", "checkpoint.retryDelay=0.1");

        outcome.ExitCode.ShouldBe(1, outcome.ToString());
        var told = outcome.ToString();
        told.ShouldContain("It is tried again in 0.1 s. Training goes on; no checkpoint has been written yet.");
        told.ShouldContain("All 30 steps are done. But the state after step 30 is not saved: ");
        var result = _workspace.Run("run").ReadResult();
        (result.State, result.WeightsSha256).ShouldBe(("failed", undisturbed.Result.WeightsSha256));
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_found()
    {
        var weights = Directory.EnumerateFiles(undisturbed.Files.Checkpoints, "weights.safetensors", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Last();
        var copy = Directory.CreateDirectory(_workspace.PathOf("step-00000030")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(weights)!)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        (await _workspace.RunAsync("checkpoint", "verify", ".")).ExitCode.ShouldBe(0);

        var bytes = await File.ReadAllBytesAsync(weights, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(copy, "weights.safetensors"), bytes, TestContext.Current.CancellationToken);
        var outcome = await _workspace.RunAsync("checkpoint", "verify", ".");

        outcome.ExitCode.ShouldBe(1, outcome.ToString());
        outcome.Output.ShouldContain("weights.safetensors has the SHA-256");
        (await _workspace.RunAsync("checkpoint", "ls", ".")).Output.ShouldContain("step-00000030        30     6.79");
        (await _workspace.RunAsync("checkpoint", "ls", ".", "--verify")).Output.ShouldContain("damaged");
    }

    private static int Worker(InceptionProcess run, int number) =>
        run.Children().Single(id => Processes.CommandLine(id).Contains($"worker-{number}.log", StringComparison.Ordinal));

    private InceptionProcess Start() => _workspace.Start("train", Workspace.TinyJob, "--workers", "2");
}
