using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Tests.Layers;

/// <summary>The fused layer against the library's batch normalization followed by its ReLU, in float64.</summary>
public class NormalizeReluTests
{
    private const double Tolerance = 1e-11;

    [Theory]
    [InlineData(2, 1, 1, 1)]
    [InlineData(1, 5, 1, 2)]
    [InlineData(3, 3, 5, 7)]
    [InlineData(7, 13, 4, 3)]
    [InlineData(2, 16, 17, 17)]
    [InlineData(5, 20, 31, 29)]
    [InlineData(2, 769, 3, 5)]
    public void Training_IsTheCompositionOfBoth(int batch, int channels, int height, int width)
    {
        using var scope = NewDisposeScope();
        var (fused, plain) = Norms(channels, momentum: 0.3);
        var x = ChannelsLast(batch, channels, height, width);
        var (ours, theirs) = (x.detach().requires_grad_(), x.detach().requires_grad_());
        var above = ChannelsLast(batch, channels, height, width);

        var y = FusedLayers.NormalizeRelu(ours, fused);
        var expected = nn.functional.relu(plain.call(theirs));
        y.backward([above]);
        expected.backward([above]);

        ShouldAgree(y, expected);
        ShouldAgree(ours.grad!, theirs.grad!);
        ShouldAgree(fused.weight.grad!, plain.weight.grad!);
        ShouldAgree(fused.bias!.grad!, plain.bias!.grad!);
        ShouldAgree(fused.running_mean!, plain.running_mean!);
        ShouldAgree(fused.running_var!, plain.running_var!);
    }

    [Fact]
    public void Training_FarFromZero_KeepsItsPrecisionInSingle()
    {
        using var scope = NewDisposeScope();
        using var norm = nn.BatchNorm2d(24, momentum: 1);
        var x = ChannelsLast(4, 24, 33, 35).to(float32) + 100;

        FusedLayers.NormalizeRelu(x, norm);

        var exact = x.to(float64);
        var mean = exact.mean([0, 2, 3], keepdim: true);
        var variance = (exact - mean).square().sum([0, 2, 3]) / (4.0 * 33 * 35 - 1);
        ((norm.running_var!.to(float64) - variance) / variance).abs().max().ToDouble().ShouldBeLessThan(2e-6);
    }

    [Fact]
    public void Backward_OfAConcatenation_ReadsTheSlicesOfItsGradient()
    {
        using var scope = NewDisposeScope();
        var x = ChannelsLast(3, 10, 5, 4);
        var weights = ChannelsLast(3, 20, 5, 4);
        var (first, second) = Norms(10, momentum: 1);
        var gradients = new List<Tensor>();
        foreach (var fuse in new[] { true, false })
        {
            var input = x.detach().requires_grad_();
            Tensor Apply(BatchNorm2d norm) => fuse ? FusedLayers.NormalizeRelu(input, norm) : nn.functional.relu(norm.call(input));
            (cat([Apply(first), Apply(second)], 1) * weights).sum().backward();
            gradients.Add(input.grad!);
        }

        ShouldAgree(gradients[0], gradients[1]);
    }

    [Fact]
    public void Backward_OfABroadcastGradient_IsRight()
    {
        using var scope = NewDisposeScope();
        var (fused, plain) = Norms(6, momentum: 1);
        var x = ChannelsLast(2, 6, 3, 3);
        var (ours, theirs) = (x.detach().requires_grad_(), x.detach().requires_grad_());

        FusedLayers.NormalizeRelu(ours, fused).square().sum().backward();
        nn.functional.relu(plain.call(theirs)).square().sum().backward();
        FusedLayers.NormalizeRelu(ours, fused).sum().backward();
        nn.functional.relu(plain.call(theirs)).sum().backward();

        ShouldAgree(ours.grad!, theirs.grad!);
    }

    [Fact]
    public void Evaluation_UsesTheRunningStatistics_AndLeavesThem()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var (fused, plain) = Norms(11, momentum: 1);
        foreach (var norm in new[] { fused, plain })
        {
            norm.running_mean!.fill_(0.25);
            norm.running_var!.fill_(2.5);
            norm.eval();
        }

        var x = ChannelsLast(2, 11, 6, 5);

        ShouldAgree(FusedLayers.NormalizeRelu(x, fused), nn.functional.relu(plain.call(x)));
        fused.running_mean!.eq(0.25).all().ToBoolean().ShouldBeTrue();
    }

    [Fact]
    public void Evaluation_WhereGradientsAreRecorded_IsRefused()
    {
        using var scope = NewDisposeScope();
        var (norm, _) = Norms(3, momentum: 1);
        norm.eval();

        Should.Throw<ArgumentException>(() => FusedLayers.NormalizeRelu(ChannelsLast(2, 3, 4, 4), norm));
    }

    [Fact]
    public void Training_OneValueAChannel_IsRefused()
    {
        using var scope = NewDisposeScope();
        var (norm, _) = Norms(3, momentum: 1);

        Should.Throw<ArgumentException>(() => FusedLayers.NormalizeRelu(ChannelsLast(1, 3, 1, 1), norm)).Message.ShouldContain("one value a channel");
    }

    [Fact]
    public void Training_MomentumOne_ForgetsANaN()
    {
        using var scope = NewDisposeScope();
        var (norm, _) = Norms(3, momentum: 1);
        norm.running_mean!.fill_(double.NaN);
        norm.running_var!.fill_(double.NaN);

        FusedLayers.NormalizeRelu(ChannelsLast(2, 3, 4, 4), norm);

        norm.running_mean!.isfinite().all().ToBoolean().ShouldBeTrue();
        norm.running_var!.isfinite().all().ToBoolean().ShouldBeTrue();
    }

    [Fact]
    public void Training_ANaN_IsNotHiddenByTheRelu()
    {
        using var scope = NewDisposeScope();
        var (norm, _) = Norms(3, momentum: 1);
        var x = ChannelsLast(2, 3, 4, 4);
        x.narrow(1, 1, 1).fill_(double.NaN);

        var y = FusedLayers.NormalizeRelu(x, norm);

        y.narrow(1, 1, 1).isfinite().eq(false).all().ToBoolean().ShouldBeTrue();
        y.narrow(1, 2, 1).isfinite().all().ToBoolean().ShouldBeTrue();
    }

    private static (BatchNorm2d Fused, BatchNorm2d Plain) Norms(int channels, double momentum)
    {
        var (fused, plain) = (Norm(), Norm());
        using var quiet = no_grad();
        fused.weight.uniform_(0.5, 1.5);
        fused.bias!.uniform_(-1, 1);
        plain.weight.copy_(fused.weight);
        plain.bias!.copy_(fused.bias!);
        return (fused, plain);

        BatchNorm2d Norm() => nn.BatchNorm2d(channels, 0.001, momentum, dtype: float64);
    }

    private static Tensor ChannelsLast(long batch, long channels, long height, long width) =>
        empty([batch, height, width, channels], float64).normal_().permute(0, 3, 1, 2);

    private static void ShouldAgree(Tensor actual, Tensor expected) =>
        (actual - expected).abs().max().ToDouble().ShouldBeLessThan(Tolerance * (1 + expected.abs().max().ToDouble()));
}
