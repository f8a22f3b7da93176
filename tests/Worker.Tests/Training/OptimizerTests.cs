using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Training;

namespace Inception.Distributed.Worker.Tests.Training;

public sealed class OptimizerTests
{
    private static OptimizerSpec Averaging(double ema, bool warmup) =>
        new() { Name = OptimizerKind.Sgd, LearningRate = 0.1, Ema = ema, EmaWarmup = warmup };

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(1, 2.0 / 11)]
    [InlineData(90, 0.91)]
    [InlineData(8990, 0.999)]
    [InlineData(8991, 0.999)]
    [InlineData(1_000_000, 0.999)]
    public void EmaDecayAt_Warmup_RisesToTheDecay(long step, double decay) =>
        Optimizer.EmaDecayAt(Averaging(0.999, warmup: true), step).ShouldBe(decay, 1e-15);

    [Fact]
    public void EmaDecayAt_NoWarmup_IsTheDecayFromTheStart() => Optimizer.EmaDecayAt(Averaging(0.999, warmup: false), 0).ShouldBe(0.999);
}
