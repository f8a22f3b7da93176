using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>LARS, a polynomial schedule, mixup beside cutmix and an average with warm-up: none of them sees how the work is spread.</summary>
public sealed class TrainingDetailsTests : IDisposable
{
    private static readonly string[] Details =
    [
        "--set", "optimizer.name=lars", "--set", "optimizer.learningRate=2", "--set", "optimizer.trustCoefficient=0.01", "--set", "optimizer.nesterov=true",
        "--set", "optimizer.emaWarmup=true", "--set", "schedule.policy=polynomial", "--set", "schedule.power=2",
        "--set", "data.augment.mixup=0.4", "--set", "data.augment.cutmix=1",
    ];

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Lars_mixing_and_averages_give_the_same_bits_from_1_and_3_workers_and_after_a_resume_with_2()
    {
        await TrainAsync("one", 1, ["--set", "schedule.maxSteps=12"]);
        await TrainAsync("three", 3, ["--set", "schedule.maxSteps=6"]);
        await TrainAsync("three", 2, ["--set", "schedule.maxSteps=12", "--resume"]);

        var (one, three) = (_workspace.Run("one"), _workspace.Run("three"));
        three.ReadResult().Step.ShouldBe(12);
        three.ReadResult().WeightsSha256.ShouldBe(one.ReadResult().WeightsSha256);
        three.ReadResult().StateSha256.ShouldBe(one.ReadResult().StateSha256);
        three.ReadTimelessLog().ShouldBe(one.ReadTimelessLog());
        three.ReadTimelessEvaluations().ShouldBe(one.ReadTimelessEvaluations());
    }

    private async Task TrainAsync(string output, int workers, string[] more)
    {
        var outcome = await _workspace.RunAsync(["train", Workspace.TinyJob, "--workers", $"{workers}", "--output", output, .. Details, .. more]);
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
    }
}
