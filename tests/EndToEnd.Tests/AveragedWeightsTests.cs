using System.Text.Json.Nodes;
using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>A job that keeps a running average of the weights tells of both: the average and the weights themselves.</summary>
public sealed class AveragedWeightsTests(UndisturbedRun undisturbed) : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Raw_weights_are_evaluated_beside_their_average_as_in_a_run_that_keeps_none()
    {
        var outcome = await _workspace.RunAsync("train", Workspace.TinyJob, "--workers", "2", "--output", "plain", "--set", "optimizer.ema=0", "--set", "schedule.maxSteps=14");

        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        _workspace.Run("plain").ReadResult().Top1Raw.ShouldBeNull();
        var plain = JsonNode.Parse(_workspace.Run("plain").ReadTimelessEvaluations().Single())!;
        var averaged = JsonNode.Parse(undisturbed.Files.ReadTimelessEvaluations()[0])!;
        ((long)plain["step"]!, (long)averaged["step"]!).ShouldBe((14, 14));
        foreach (var figure in new[] { "top1", "top5", "loss" }) ((double)averaged[$"{figure}Raw"]!).ShouldBe((double)plain[figure]!);
        ((double)averaged["loss"]!).ShouldNotBe((double)averaged["lossRaw"]!);
        undisturbed.Result.Top1Raw.ShouldNotBeNull();
        undisturbed.Outcome.Output.ShouldContain("with the raw ones");
    }

    [Fact]
    public async Task The_evaluation_of_raw_weights_can_be_left_out()
    {
        var outcome = await _workspace.RunAsync(
            "train", Workspace.TinyJob, "--workers", "2", "--output", "run", "--set", "schedule.maxSteps=1", "--set", "schedule.evaluateRaw=never");

        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        _workspace.Run("run").ReadResult().Top1.ShouldNotBeNull();
        _workspace.Run("run").ReadResult().Top1Raw.ShouldBeNull();
        outcome.Output.ShouldNotContain("raw");
    }
}
