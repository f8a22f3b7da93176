using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Tests.Layers;

/// <summary>The direct convolution against the library's, whose one-thread path for small batches it avoids.</summary>
public class ConvolutionTests
{
    [Theory]
    [InlineData(1, 3, 4, 3, 1, 0)]
    [InlineData(2, 16, 5, 1, 1, 0)]
    [InlineData(3, 8, 16, 5, 1, 2)]
    [InlineData(2, 7, 9, 3, 2, 0)]
    public void Convolution_InSingle_IsTheLibrarysInDouble(int batch, int channels, int outChannels, int size, int stride, int padding)
    {
        using var scope = NewDisposeScope();
        var x = empty([batch, 11, 13, channels]).normal_().permute(0, 3, 1, 2).requires_grad_();
        var weight = empty([outChannels, size, size, channels]).normal_().permute(0, 3, 1, 2).requires_grad_();
        var (exactX, exactWeight) = (x.detach().to(float64).requires_grad_(), weight.detach().to(float64).requires_grad_());

        var y = FusedLayers.Convolution(x, weight, (stride, stride), (padding, padding));
        var exact = nn.functional.conv2d(exactX, exactWeight, null, [stride], [padding]);
        y.square().sum().backward();
        exact.square().sum().backward();

        Distance(y, exact).ShouldBeLessThan(1e-5);
        Distance(x.grad!, exactX.grad!).ShouldBeLessThan(1e-5);
        Distance(weight.grad!, exactWeight.grad!).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void Convolution_InDouble_IsTheLibrarys()
    {
        using var scope = NewDisposeScope();
        var x = empty([2, 3, 9, 8], float64).normal_();
        var weight = empty([4, 3, 1, 7], float64).normal_().requires_grad_();
        var y = FusedLayers.Convolution(x, weight, (1, 1), (0, 3));
        y.sum().backward();

        Distance(y, nn.functional.conv2d(x, weight, null, [1], [0, 3])).ShouldBeLessThan(1e-14);
        x.grad.ShouldBeNull();
        weight.grad!.shape.ShouldBe([4L, 3L, 1L, 7L]);
    }

    [Fact]
    public void Convolution_OfMismatchedChannels_NamesTheProblem()
    {
        using var scope = NewDisposeScope();
        Should.Throw<NativeException>(() => FusedLayers.Convolution(zeros([2, 3, 9, 8]), zeros([4, 5, 1, 1]), (1, 1), (0, 0)));
    }

    [Fact]
    public void Support_IsForImagesOnTheCpuOutsideAutocast()
    {
        using var scope = NewDisposeScope();
        var images = zeros([2, 3, 4, 4]);

        FusedLayers.Support(images).ShouldBeTrue();
        FusedLayers.Support(images.to(float64)).ShouldBeTrue();
        FusedLayers.Support(images.to(bfloat16)).ShouldBeFalse();
        FusedLayers.Support(images.flatten(1)).ShouldBeFalse();
        using (TorchRuntime.AutocastCpuBf16())
            FusedLayers.Support(images).ShouldBeFalse();
        FusedLayers.Support(images).ShouldBeTrue();
    }

    private static double Distance(Tensor a, Tensor b) => ((a.to(float64) - b.to(float64)).norm() / b.to(float64).norm()).ToDouble();
}
