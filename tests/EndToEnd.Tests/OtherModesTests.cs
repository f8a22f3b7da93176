using System.Text.Json.Nodes;
using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>The job's modes that give other bits on purpose still compute the same thing.</summary>
public sealed class OtherModesTests(UndisturbedRun undisturbed) : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Fast_reduction_computes_the_same_gradient_up_to_the_order_of_its_sums()
    {
        var (first, expected) = (await FirstStepAsync("reduction=fast"), Step(undisturbed.Files));

        first.Loss.ShouldBe(expected.Loss);
        first.GradientNorm.ShouldBe(expected.GradientNorm, 1e-4 * expected.GradientNorm);
    }

    [Fact]
    public async Task Bf16_computes_the_same_loss_up_to_its_precision()
    {
        var (first, expected) = (await FirstStepAsync("precision=bf16"), Step(undisturbed.Files));

        first.Loss.ShouldBe(expected.Loss, 0.05 * expected.Loss);
        first.Loss.ShouldNotBe(expected.Loss);
    }

    // Later steps tell nothing: BatchNorm over micro-batches of two samples makes the tiny job chaotic, and every rounding grows.
    private async Task<(double Loss, double GradientNorm)> FirstStepAsync(string mode)
    {
        var outcome = await _workspace.RunAsync(
            "train", Workspace.TinyJob, "--workers", "2", "--output", "run", "--set", mode, "--set", "schedule.maxSteps=3");
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        return Step(_workspace.Run("run"));
    }

    private static (double Loss, double GradientNorm) Step(RunFiles run)
    {
        var line = JsonNode.Parse(run.ReadTimelessLog()[0])!;
        return (line["loss"]!.GetValue<double>(), line["gradientNorm"]!.GetValue<double>());
    }
}
