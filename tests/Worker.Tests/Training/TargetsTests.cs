using Inception.Distributed.Worker.Data;
using Inception.Distributed.Worker.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Tests.Training;

public sealed class TargetsTests
{
    private const int Samples = 5, Size = 6, Classes = 4;

    private static float Pixel(int sample, int channel, int row, int column) => 1000 * sample + 100 * channel + 10 * row + column;

    /// <summary>[N, 3, H, W], channels last in memory, as <see cref="MicroBatchPass.Load"/> makes it.</summary>
    private static Tensor Images()
    {
        var values = new float[Samples * Size * Size * 3];
        for (var index = 0; index < values.Length; index++)
            values[index] = Pixel(index / (Size * Size * 3), index % 3, index / (Size * 3) % Size, index / 3 % Size);
        return tensor(values, [Samples, Size, Size, 3], float32).permute(0, 3, 1, 2);
    }

    private static Tensor Labels() => tensor(new long[] { 0, 1, 2, 3, 1 }, [Samples], int64);

    private static void ShouldHold(Tensor images, Func<int, int, int, int, double> expected)
    {
        var values = images.contiguous().data<float>().ToArray();
        for (var index = 0; index < values.Length; index++)
        {
            var (sample, channel, row, column) = (index / (3 * Size * Size), index / (Size * Size) % 3, index / Size % Size, index % Size);
            values[index].ShouldBe((float)expected(sample, channel, row, column), 1e-3f);
        }
    }

    [Fact]
    public void Mix_Mixup_IsTheShareOfEachPixelAndItsPartners()
    {
        using var scope = NewDisposeScope();
        var images = Images();
        var strides = images.stride();

        var targets = Targets.Mix(images, Labels(), new Mixture(2, 0.75, null));

        ShouldHold(images, (sample, channel, row, column) =>
            0.75 * Pixel(sample, channel, row, column) + 0.25 * Pixel((sample + 2) % Samples, channel, row, column));
        images.stride().ShouldBe(strides);
        targets.Labels.data<long>().ToArray().ShouldBe([0, 1, 2, 3, 1]);
        targets.PartnerLabels!.data<long>().ToArray().ShouldBe([2, 3, 1, 0, 1]);
    }

    [Fact]
    public void Mix_Cutmix_ReplacesTheBoxByThePartners()
    {
        using var scope = NewDisposeScope();
        var images = Images();

        Targets.Mix(images, Labels(), new Mixture(1, 1 - 6.0 / 36, new CropWindow(1, 3, 2, 3, false)));

        ShouldHold(images, (sample, channel, row, column) =>
            Pixel(row is 1 or 2 && column is 3 or 4 or 5 ? (sample + 1) % Samples : sample, channel, row, column));
    }

    [Fact]
    public void Mix_AnEmptyBox_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        var images = Images();

        Targets.Mix(images, Labels(), new Mixture(1, 1, new CropWindow(1, 3, 0, 0, false)));

        ShouldHold(images, (sample, channel, row, column) => Pixel(sample, channel, row, column));
    }

    /// <summary>
    /// The definition, in fp64: the mean over samples of −Σₖ q(k) log p(k), with q the shares of both labels, each of them smoothed:
    /// q'(k) = (1 − ε)·δ(k, y) + ε/K.
    /// </summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 0.1)]
    [InlineData(1, 0.37)]
    [InlineData(0.3, 0)]
    [InlineData(0.3, 0.1)]
    public void Loss_IsTheCrossEntropyAgainstSmoothedAndMixedLabels(double share, double smoothing)
    {
        using var scope = NewDisposeScope();
        var scores = Enumerable.Range(0, Samples * Classes).Select(index => Math.Sin(3 * index + 1) * 2).ToArray();
        var logits = tensor(scores, [Samples, Classes], float64, requires_grad: true);
        long[] labels = [0, 1, 2, 3, 1], partners = [2, 3, 1, 0, 1];
        var targets = share == 1 ? new Targets(Labels()) : new Targets(Labels(), tensor(partners, [Samples], int64), share);

        var loss = targets.Loss(each => nn.functional.cross_entropy(logits, each, null, -100, nn.Reduction.Mean, smoothing));
        loss.backward();

        var (expected, gradient) = (0.0, new double[scores.Length]);
        for (var sample = 0; sample < Samples; sample++)
        {
            var exponentials = scores[(sample * Classes)..((sample + 1) * Classes)].Select(Math.Exp).ToArray();
            for (var k = 0; k < Classes; k++)
            {
                var q = share * Smoothed(labels[sample], k) + (1 - share) * Smoothed(partners[sample], k);
                var p = exponentials[k] / exponentials.Sum();
                expected -= q * Math.Log(p) / Samples;
                gradient[sample * Classes + k] = (p - q) / Samples;
            }
        }

        loss.ToDouble().ShouldBe(expected, 1e-14);
        var actual = logits.grad!.data<double>().ToArray();
        for (var index = 0; index < actual.Length; index++) actual[index].ShouldBe(gradient[index], 1e-15);

        double Smoothed(long label, int k) => (1 - smoothing) * (k == label ? 1 : 0) + smoothing / Classes;
    }
}
