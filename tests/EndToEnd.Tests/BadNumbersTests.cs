using System.Text.Json.Nodes;
using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>Losses that are spikes or not finite: what is done about them is the same for every number of workers, and through faults.</summary>
public sealed class BadNumbersTests : IDisposable
{
    private const int Kill = 9, Halted = 3;

    // Narrow enough that a step in ten or so is a spike.
    private static readonly string[] Watchful =
    [
        "numbers={spike: rollback, window: 8, lossSpike: 2, rollbacks: 30}", "checkpoint.everySteps=4", "data.recordSamples=true", "workers.timeout=3",
    ];

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_spike_rolls_back_to_the_same_bits_from_one_worker_and_from_two()
    {
        string[] settings = [.. Watchful, "schedule.maxSteps=14"];
        (await TrainAsync("one", workers: 1, settings)).ExitCode.ShouldBe(0);
        var outcome = await TrainAsync("two", workers: 2, settings);
        outcome.ExitCode.ShouldBe(0);
        ShouldBeAlike("two", "one");

        var (result, log) = (ReadResult("one"), File.ReadAllText(_workspace.PathOf("one/log.jsonl")));
        result["rollbacks"]!.AsArray().Count.ShouldBeGreaterThan(0);
        log.ShouldContain("\"passedOver\":");
        File.ReadLines(_workspace.PathOf("one/log.jsonl")).Count().ShouldBe(14);
        outcome.Output.ShouldContain("The run goes back to step");
        outcome.Output.ShouldContain("  numbers ");
    }

    [Fact, Trait("Category", "Long")]
    public async Task Rollbacks_come_to_the_same_bits_through_kills_of_workers_and_of_the_coordinator()
    {
        (await TrainAsync("run-undisturbed", workers: 1, Watchful)).ExitCode.ShouldBe(0);
        using var cluster = new Cluster(_workspace, Watchful);
        cluster.StartCoordinator(workers: 3);
        cluster.StartWorkers(3);
        await cluster.UntilAsync(status => status.Rollbacks.Count > 0, "there was a rollback");
        cluster.Coordinator.Signal(Kill);
        await cluster.Coordinator.WaitAsync();
        cluster.StartCoordinator(workers: 3, resume: true);
        var status = await cluster.UntilAsync(now => now.Rollbacks.Count > 1 && now.Workers.Count(worker => worker.Rank >= 0) > 1, "there was another one");
        cluster.AtRank(status, 1).Signal(Kill);
        await cluster.FinishAsync();

        ShouldBeAlike("run", "run-undisturbed");
    }

    [Fact]
    public async Task A_run_that_diverges_is_halted_with_the_last_good_state()
    {
        var outcome = await TrainAsync("run", workers: 2, "numbers.nonFinite=halt", "optimizer.learningRate=1e30", "schedule.warmup=0");

        outcome.ExitCode.ShouldBe(Halted, outcome.ToString());
        outcome.Output.ShouldContain("is bad: the loss is not finite");
        var result = ReadResult("run");
        result["state"]!.GetValue<string>().ShouldBe("failed");
        result["reason"]!.GetValue<string>().ShouldStartWith("Halted after step ");
        (await _workspace.RunAsync("checkpoint", "verify", "run")).ExitCode.ShouldBe(0);
    }

    private async Task<Outcome> TrainAsync(string output, int workers, params string[] settings) => await _workspace.RunAsync(
        ["train", Workspace.TinyJob, "--workers", $"{workers}", "--output", output, .. settings.SelectMany(setting => new[] { "--set", setting })]);

    private JsonNode ReadResult(string run) => JsonNode.Parse(File.ReadAllText(_workspace.PathOf($"{run}/result.json")))!;

    private void ShouldBeAlike(string run, string expected)
    {
        _workspace.Run(run).ReadTimelessLog().ShouldBe(_workspace.Run(expected).ReadTimelessLog());
        ReadResult(run)["rollbacks"]!.ToJsonString().ShouldBe(ReadResult(expected)["rollbacks"]!.ToJsonString());
        _workspace.Run(run).ReadResult().StateSha256.ShouldBe(_workspace.Run(expected).ReadResult().StateSha256);
        Samples(run).ShouldBe(Samples(expected));
    }

    // Whether a rank's part was put in for it is no matter here.
    private IEnumerable<string> Samples(string run) =>
        File.ReadLines(_workspace.PathOf($"{run}/samples.jsonl")).Select(line => JsonNode.Parse(line)!["samples"]!.ToJsonString());
}
