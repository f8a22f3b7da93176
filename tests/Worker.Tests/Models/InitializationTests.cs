using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Tests.Models;

public class InitializationTests
{
    [Fact]
    public void Apply_DependsOnTheSeed_AndOnNothingElse()
    {
        var first = Weights(seed: 7);
        var again = Weights(seed: 7);
        var other = Weights(seed: 8);

        again.ShouldBe(first);
        other.ShouldNotBe(first);
    }

    [Fact]
    public void Apply_IgnoresTheMemoryLayout()
    {
        using var network = Small();
        using var scope = NewDisposeScope();
        Initialization.Apply(network, seed: 7);
        var rowMajor = network.state_dict()["Mixed_5b.branch5x5_2.conv.weight"].clone();

        var convolution = network.named_modules().Single(entry => entry.name == "Mixed_5b.branch5x5_2.conv").module.ShouldBeOfType<TorchSharp.Modules.Conv2d>();
        convolution.weight = new TorchSharp.Modules.Parameter(zeros([13, 5, 5, 10]).permute(0, 3, 1, 2));
        Initialization.Apply(network, seed: 7);

        convolution.weight.is_contiguous().ShouldBeFalse();
        (convolution.weight - rowMajor).abs().max().ToDouble().ShouldBe(0);
    }

    [Fact]
    public void Apply_WeightsAreTruncatedNormal()
    {
        using var scope = NewDisposeScope();
        using var network = new InceptionV3(Networks.Spec("inception-v3") with { Classes = 10, Width = 0.5 });
        Initialization.Apply(network, seed: 1);
        var state = network.state_dict();

        Check("Mixed_7c.branch1x1.conv.weight", deviation: 0.1);
        Check("AuxLogits.conv1.conv.weight", deviation: 0.01);
        Check("AuxLogits.fc.weight", deviation: 0.001, tolerance: 0.03);

        void Check(string name, double deviation, double tolerance = 0.01)
        {
            var weights = state[name];
            weights.abs().max().ToDouble().ShouldBeInRange(1.9 * deviation, 2 * deviation * (1 + 1e-6));
            // A normal variable truncated at 2σ has the deviation 0.8796 σ.
            weights.square().mean().sqrt().ToDouble().ShouldBe(0.8796 * deviation, tolerance * deviation);
            weights.mean().ToDouble().ShouldBe(0, 3 * tolerance * deviation);
        }
    }

    [Theory]
    [InlineData(InitKind.He)]
    [InlineData(InitKind.Xavier)]
    public void Apply_HeAndXavier_FollowFanInAndFanOut(InitKind kind)
    {
        using var scope = NewDisposeScope();
        using var network = new InceptionV3(Networks.Spec("inception-v3") with { Width = 0.5 });
        Initialization.Apply(network, seed: 1, kind);

        // 96 → 160 channels through 3×3 windows. A uniform variable in ±b has the deviation b / √3.
        var weights = network.state_dict()["Mixed_7a.branch3x3_2.conv.weight"];
        weights.shape.ShouldBe([160L, 96L, 3L, 3L]);
        var (fanIn, fanOut) = (96.0 * 9, 160.0 * 9);
        var expected = kind == InitKind.He ? Math.Sqrt(2 / fanIn) : Math.Sqrt(2 / (fanIn + fanOut));
        weights.square().mean().sqrt().ToDouble().ShouldBe(expected, 0.01 * expected);
        weights.mean().ToDouble().ShouldBe(0, 0.02 * expected);
        var bound = kind == InitKind.He ? 6 * expected : Math.Sqrt(3) * expected;
        weights.abs().max().ToDouble().ShouldBeInRange(0.57 * bound, bound);
    }

    [Fact]
    public void Apply_BatchNormAndBiasesHaveTheirDefaults()
    {
        using var network = Small();
        using (no_grad())
        {
            foreach (var tensor in network.state_dict().Values)
                tensor.fill_(9);
        }

        Initialization.Apply(network, seed: 1);

        var state = network.state_dict();
        state.Where(entry => entry.Key.EndsWith(".bn.weight", StringComparison.Ordinal) || entry.Key.EndsWith(".running_var", StringComparison.Ordinal))
            .ShouldAllBe(entry => entry.Value.eq(1).all().ToBoolean());
        state.Where(entry => entry.Key.EndsWith(".bias", StringComparison.Ordinal) || entry.Key.EndsWith(".running_mean", StringComparison.Ordinal)
                || entry.Key.EndsWith(".num_batches_tracked", StringComparison.Ordinal))
            .ShouldAllBe(entry => entry.Value.eq(0).all().ToBoolean());
    }

    private static InceptionV3 Small() => new(Networks.Spec("inception-v3") with { Classes = 7, Width = 0.2 });

    private static float[] Weights(long seed)
    {
        using var network = Small();
        Initialization.Apply(network, seed);
        return network.state_dict()["Mixed_6b.branch7x7_2.conv.weight"].data<float>().ToArray();
    }
}
