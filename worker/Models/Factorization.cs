using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Models;

/// <summary>A convolution beside the smaller ones that cover the same window, all with as many channels out as in.</summary>
/// <param name="Whole">Kernel of the one.</param>
/// <param name="Parts">Kernels of the others, one after the other.</param>
/// <param name="WholeCost">Multiply-adds of one image.</param>
/// <param name="PartsCost">Multiply-adds of one image.</param>
public sealed record FactorizedConvolution(
    (long Height, long Width) Whole, IReadOnlyList<(long Height, long Width)> Parts, long WholeCost, long PartsCost, long WholeParameters, long PartsParameters)
{
    /// <summary>Of the multiply-adds, as a fraction of 1.</summary>
    public double Saving => 1 - (double)PartsCost / WholeCost;
}

/// <summary>
/// What taking a convolution apart saves ("Rethinking the Inception Architecture", sections 3.1 and 3.2), counted on layers that are built and run.
/// </summary>
public static class Factorization
{
    /// <param name="channels">Of every layer, in and out.</param>
    /// <param name="grid">Height and width of the feature map, which the layers keep.</param>
    public static FactorizedConvolution Measure((long Height, long Width) whole, IReadOnlyList<(long Height, long Width)> parts, int channels, int grid)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var (wholeCost, wholeParameters, wholeView) = Run([whole]);
        var (partsCost, partsParameters, partsView) = Run(parts);
        return wholeView == partsView
            ? new FactorizedConvolution(whole, parts, wholeCost, partsCost, wholeParameters, partsParameters)
            : throw new ArgumentException($"{string.Join(", ", parts)} together see {partsView}, not {wholeView}", nameof(parts));

        (long Cost, long Parameters, (long, long) View) Run(IReadOnlyList<(long Height, long Width)> kernels)
        {
            var x = zeros([1, channels, grid, grid]);
            var (cost, parameters, view) = (0L, 0L, (Height: 1L, Width: 1L));
            foreach (var kernel in kernels)
            {
                using var layer = new BasicConv2d(channels, channels, new Window(kernel, (1, 1), (kernel.Height / 2, kernel.Width / 2)));
                layer.eval();
                x = layer.call(x);
                var weights = layer.named_parameters().Single(entry => entry.parameter.dim() > 1).parameter.NumberOfElements;
                cost += weights * x.shape[2] * x.shape[3];
                parameters += weights;
                view = (view.Height + kernel.Height - 1, view.Width + kernel.Width - 1);
            }

            return (cost, parameters, view);
        }
    }
}
