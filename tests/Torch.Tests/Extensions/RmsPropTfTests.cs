using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Tests.Extensions;

public class RmsPropTfTests
{
    private const double Decay = 0.9, Epsilon = 1.0, Momentum = 0.9, WeightDecay = 0.01, Scale = 0.25, EmaDecay = 0.99;

    /// <summary>
    /// TensorFlow's ApplyRMSProp: ms ← ms + (1 − ρ)(g² − ms); mom ← μ·mom + lr·g/√(ms + ε); p ← p − mom; with ms from 1, a learning rate that falls, and
    /// L2 decay and scaling of the gradient before it.
    /// </summary>
    [Theory]
    [InlineData(true, 1e-12)]
    [InlineData(false, 1e-5)]
    public void RmsPropTf_HundredRecordedGradients_FollowsItsDefinition(bool wide, double tolerance)
    {
        using var arenas = new OptimizerArenas(wide ? float64 : float32);
        arenas.First.fill_(1);
        var expected = RecordedGradients.Start.ToArray();
        var average = RecordedGradients.Start.ToArray();
        var square = Enumerable.Repeat(1.0, expected.Length).ToArray();
        var momentum = new double[expected.Length];

        for (var step = 0; step < RecordedGradients.Steps; step++)
        {
            var rate = 0.05 * Math.Pow(0.98, step);
            var gradients = RecordedGradients.OfStep(step);
            for (var index = 0; index < expected.Length; index++)
            {
                var gradient = (Scale * gradients[index]) + (WeightDecay * expected[index]);
                square[index] += (1 - Decay) * ((gradient * gradient) - square[index]);
                momentum[index] = (Momentum * momentum[index]) + (rate * gradient / Math.Sqrt(square[index] + Epsilon));
                expected[index] -= momentum[index];
                average[index] = (EmaDecay * average[index]) + ((1 - EmaDecay) * expected[index]);
            }

            arenas.SetGradients(gradients);
            FusedUpdate.RmsPropTf(arenas.Parameters, arenas.Gradients, arenas.First, arenas.Second, arenas.Average,
                [new ArenaSegment(RecordedGradients.Parameters, WeightDecay)], new RmsPropSettings(rate, Decay, Epsilon, Momentum, Scale, EmaDecay));
        }

        Error(OptimizerArenas.Read(arenas.Parameters), expected).ShouldBeLessThan(tolerance);
        Error(OptimizerArenas.Read(arenas.Average), average).ShouldBeLessThan(tolerance);
        Error(OptimizerArenas.Read(arenas.First), square).ShouldBeLessThan(tolerance);
        Error(OptimizerArenas.Read(arenas.Second), momentum).ShouldBeLessThan(tolerance);
    }

    [Fact]
    public void RmsPropTf_MomentumWithoutItsBuffer_IsRefused()
    {
        using var arenas = new OptimizerArenas(float64);
        Should.Throw<ArgumentNullException>(() => FusedUpdate.RmsPropTf(arenas.Parameters, arenas.Gradients, arenas.First, null, null,
            [new ArenaSegment(RecordedGradients.Parameters, 0)], new RmsPropSettings(0.1, Decay, Epsilon, Momentum)));
    }

    [Fact]
    public void Sgd_SegmentsThatMissAnElement_AreRefused()
    {
        using var arenas = new OptimizerArenas(float64);
        Should.Throw<ArgumentException>(() => FusedUpdate.Sgd(arenas.Parameters, arenas.Gradients, null, null,
            [new ArenaSegment(RecordedGradients.Parameters - 1, 0)], new SgdSettings(0.1))).Message.ShouldContain("1008 elements, the arenas 1009");
    }

    private static double Error(double[] actual, double[] expected) =>
        Math.Sqrt(actual.Zip(expected, (left, right) => (left - right) * (left - right)).Sum() / expected.Sum(value => value * value));
}
