using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Tests.Extensions;

public class LarsTests
{
    private const double Trust = 0.02, WeightDecay = 0.01, Scale = 0.25, EmaDecay = 0.99;

    // Two weights, a bias between them, and a weight that is 0 and whose norm so says nothing.
    private static readonly ArenaSegment[] Segments = [new(401, WeightDecay, true), new(97, 0), new(503, WeightDecay, true), new(8, WeightDecay, true)];

    public static TheoryData<double, bool, bool> Cases => new()
    {
        { 0.9, false, true }, { 0.9, true, true }, { 0, false, true },
        { 0.9, false, false }, { 0.9, true, false }, { 0, false, false },
    };

    /// <summary>
    /// Algorithm 1 of "Large Batch Training of Convolutional Networks", for each layer: λ ← η·‖w‖ / (‖g‖ + β·‖w‖); v ← m·v + γ·λ·(g + β·w); w ← w − v. Nesterov:
    /// w ← w − (m·v + γ·λ·(g + β·w)). Layers that do not adapt have λ = 1 and β = 0.
    /// </summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Lars_HundredRecordedGradients_FollowsItsDefinition(double momentum, bool nesterov, bool wide)
    {
        using var arenas = new OptimizerArenas(wide ? float64 : float32);
        arenas.Parameters.narrow(0, 1001, 8).zero_();
        var expected = RecordedGradients.Start.ToArray();
        expected.AsSpan(1001).Clear();
        var average = RecordedGradients.Start.ToArray();
        var velocity = new double[expected.Length];
        for (var step = 0; step < RecordedGradients.Steps; step++)
        {
            var rate = 0.5 * Math.Pow(0.98, step);
            var gradients = RecordedGradients.OfStep(step).ToArray();
            // A step on which the last weight's gradient is nothing.
            if (step == 50) gradients.AsSpan(1001).Clear();
            Follow(expected, gradients, velocity, average, rate, momentum, nesterov);

            arenas.SetGradients(gradients);
            FusedUpdate.Lars(arenas.Parameters, arenas.Gradients, momentum > 0 ? arenas.First : null, arenas.Average, Segments,
                new LarsSettings(rate, Trust, momentum, nesterov, Scale, EmaDecay));
        }

        var tolerance = wide ? 1e-12 : 1e-5;
        Error(OptimizerArenas.Read(arenas.Parameters), expected).ShouldBeLessThan(tolerance);
        Error(OptimizerArenas.Read(arenas.Average), average).ShouldBeLessThan(tolerance);
        if (momentum > 0) Error(OptimizerArenas.Read(arenas.First), velocity).ShouldBeLessThan(tolerance);
    }

    [Fact]
    public void Lars_AGradientTimesAThousand_TakesTheSameStepWhereTheLayerAdapts()
    {
        using var arenas = new OptimizerArenas(float64);
        using var scaled = new OptimizerArenas(float64);
        arenas.SetGradients(RecordedGradients.OfStep(0));
        scaled.SetGradients([.. RecordedGradients.OfStep(0).ToArray().Select(value => 1000 * value)]);
        ArenaSegment[] whole = [new(RecordedGradients.Parameters, 0, Adaptive: true)];
        FusedUpdate.Lars(arenas.Parameters, arenas.Gradients, null, null, whole, new LarsSettings(0.5, Trust));
        FusedUpdate.Lars(scaled.Parameters, scaled.Gradients, null, null, whole, new LarsSettings(0.5, Trust));

        Error(OptimizerArenas.Read(scaled.Parameters), OptimizerArenas.Read(arenas.Parameters)).ShouldBeLessThan(1e-15);
        var moved = OptimizerArenas.Read(arenas.Parameters).Zip(RecordedGradients.Start, (after, before) => after - before).ToArray();
        Norm(moved).ShouldBe(0.5 * Trust * Norm(RecordedGradients.Start), 1e-12);
    }

    private static void Follow(double[] weights, double[] gradients, double[] velocity, double[] average, double rate, double momentum, bool nesterov)
    {
        var first = 0;
        foreach (var (length, decay, adaptive) in Segments)
        {
            var (begin, end) = (first, first += (int)length);
            var gradient = gradients[begin..end].Select(value => Scale * value).ToArray();
            var (weightNorm, gradientNorm) = (Norm(weights[begin..end]), Norm(gradient));
            var trust = adaptive && weightNorm > 0 && gradientNorm > 0 ? Trust * weightNorm / (gradientNorm + (decay * weightNorm)) : 1;
            for (var index = begin; index < end; index++)
            {
                var step = rate * trust * (gradient[index - begin] + (decay * weights[index]));
                velocity[index] = (momentum * velocity[index]) + step;
                weights[index] -= nesterov ? (momentum * velocity[index]) + step : velocity[index];
                average[index] = (EmaDecay * average[index]) + ((1 - EmaDecay) * weights[index]);
            }
        }
    }

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(value => value * value));

    private static double Error(double[] actual, double[] expected) =>
        Norm([.. actual.Zip(expected, (left, right) => left - right)]) / Norm(expected);
}
