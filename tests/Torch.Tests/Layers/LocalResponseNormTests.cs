using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Tests.Layers;

public class LocalResponseNormTests
{
    [Theory]
    [InlineData(5, 1e-4, 0.75, 1.0)]
    [InlineData(3, 0.5, 0.6, 2.0)]
    [InlineData(2, 0.5, 0.75, 1.0)]
    public void LocalResponseNorm_FollowsItsDefinition(int size, double alpha, double beta, double k)
    {
        using var scope = NewDisposeScope();
        const int Channels = 7, Cells = 3 * 4;
        var x = empty([2, Channels, 3, 4], float64).normal_();
        var y = nn.functional.local_response_norm(x, size, alpha, beta, k);

        double[] xs = [.. x.data<double>()], ys = [.. y.data<double>()];
        for (var i = 0; i < xs.Length; i++)
        {
            // As torch places the window: the ⌊size / 2⌋ channels before, and as many after as are left.
            var channel = i / Cells % Channels;
            var squares = Enumerable.Range(channel - size / 2, size).Where(other => other is >= 0 and < Channels)
                .Sum(other => Math.Pow(xs[i + (other - channel) * Cells], 2));
            ys[i].ShouldBe(xs[i] / Math.Pow(k + alpha * squares / size, beta), 1e-13);
        }
    }

    [Fact]
    public void LocalResponseNorm_OfChannelsLast_KeepsTheLayout()
    {
        using var scope = NewDisposeScope();
        var x = empty([2, 3, 4, 6]).normal_().permute(0, 3, 1, 2);

        nn.functional.local_response_norm(x, 5).stride().ShouldBe(x.stride());
    }
}
