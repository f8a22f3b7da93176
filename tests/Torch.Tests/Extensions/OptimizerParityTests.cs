using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Tests.Extensions;

/// <summary>100 steps of each optimiser that PyTorch has, with weight decay on half of the parameters and a moving average.</summary>
public sealed class OptimizerParityTests(PyTorchOptimizers pytorch) : IClassFixture<PyTorchOptimizers>
{
    public static TheoryData<string> Cases => new(OptimizerCase.All.Select(each => each.Name));

    [Theory]
    [MemberData(nameof(Cases))]
    public void FusedUpdate_HundredRecordedGradients_AgreesWithPyTorch(string name)
    {
        var optimizer = OptimizerCase.All.Single(each => each.Name == name);
        var expected = pytorch.Read(optimizer, "parameters");
        var expectedAverage = pytorch.Read(optimizer, "average");

        using var arenas = new OptimizerArenas(optimizer.Dtype == "float32" ? float32 : float64);
        for (var step = 0; step < RecordedGradients.Steps; step++)
        {
            arenas.SetGradients(RecordedGradients.OfStep(step));
            Step(optimizer, arenas, step);
        }

        var tolerance = optimizer.Dtype == "float32" ? 1e-5 : 1e-12;
        Difference(OptimizerArenas.Read(arenas.Parameters), expected).ShouldBeLessThan(tolerance);
        Difference(OptimizerArenas.Read(arenas.Average), expectedAverage).ShouldBeLessThan(tolerance);
    }

    private static void Step(OptimizerCase optimizer, OptimizerArenas arenas, int step)
    {
        ArenaSegment[] segments = [new(RecordedGradients.Parameters / 2, 0), new(RecordedGradients.Parameters - (RecordedGradients.Parameters / 2), OptimizerCase.WeightDecay)];
        var rate = optimizer.Setting("lr");
        var momentum = optimizer.Setting("momentum");
        // As torch.nn.utils.clip_grad_norm_ has it.
        var norm = Math.Sqrt(FixedOrderSum.SumOfSquares(arenas.Gradients, RecordedGradients.Parameters));
        var scale = optimizer.Clip > 0 ? Math.Min(1, optimizer.Clip / (norm + 1e-6)) : 1;
        switch (optimizer.Optimizer)
        {
            case "SGD":
                var nesterov = optimizer.Settings.ContainsKey("nesterov");
                FusedUpdate.Sgd(arenas.Parameters, arenas.Gradients, momentum > 0 ? arenas.First : null, arenas.Average, segments,
                    new SgdSettings(rate, momentum, nesterov, scale, OptimizerCase.EmaDecay));
                break;
            case "RMSprop":
                FusedUpdate.RmsProp(arenas.Parameters, arenas.Gradients, arenas.First, momentum > 0 ? arenas.Second : null, arenas.Average, segments,
                    new RmsPropSettings(rate, optimizer.Setting("alpha"), optimizer.Setting("eps"), momentum, scale, OptimizerCase.EmaDecay));
                break;
            case "AdamW":
                FusedUpdate.AdamW(arenas.Parameters, arenas.Gradients, arenas.First, arenas.Second, arenas.Average, segments,
                    new AdamWSettings(rate, step + 1, 0.9, 0.999, optimizer.Setting("eps"), scale, OptimizerCase.EmaDecay));
                break;
            default:
                throw new ArgumentException($"No optimiser {optimizer.Optimizer}.", nameof(optimizer));
        }
    }

    /// <summary>‖actual − expected‖ / ‖expected‖.</summary>
    private static double Difference(double[] actual, double[] expected) =>
        Math.Sqrt(actual.Zip(expected, (left, right) => (left - right) * (left - right)).Sum() / expected.Sum(value => value * value));
}
