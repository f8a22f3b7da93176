using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Models;

/// <summary>The largest value of each window; the padding is −∞.</summary>
/// <param name="ceilMode">Also the windows that begin inside and end outside.</param>
public sealed class MaxPool(long size, long stride, long padding = 0, bool ceilMode = false) : nn.Module<Tensor, Tensor>(nameof(MaxPool)), ILayer
{
    public LayerKind Kind => LayerKind.MaxPool;

    public Window WindowOn(long height, long width) => Window.Square(size, stride, padding);

    public override Tensor forward(Tensor input) => nn.functional.max_pool2d(input, size, stride, padding, ceil_mode: ceilMode);
}

/// <summary>The mean of each window of 3×3, which keeps the grid: the padding is one zero on each side.</summary>
/// <param name="countIncludePad">Whether these zeros count in the mean: as in torchvision; TensorFlow leaves them out.</param>
public sealed class AveragePool(bool countIncludePad) : nn.Module<Tensor, Tensor>(nameof(AveragePool)), ILayer
{
    public LayerKind Kind => LayerKind.AveragePool;

    public Window WindowOn(long height, long width) => Window.Square(3, stride: 1, padding: 1);

    public override Tensor forward(Tensor input) => nn.functional.avg_pool2d(input, 3, stride: 1, padding: 1, count_include_pad: countIncludePad);
}

/// <summary>Means over windows that follow from the input: the output has size × size cells, whatever the input has.</summary>
public sealed class AdaptiveAveragePool(long size) : nn.Module<Tensor, Tensor>(nameof(AdaptiveAveragePool)), ILayer
{
    public LayerKind Kind => LayerKind.AveragePool;

    public Window WindowOn(long height, long width) => Window.Adaptive(height, width, size);

    public override Tensor forward(Tensor input) => nn.functional.adaptive_avg_pool2d(input, size);
}

/// <summary>
/// The 5×5 means with stride 3 at the beginning of an auxiliary head. The layers behind it need a grid of <paramref name="grid"/> cells and more (or, if
/// <paramref name="exact"/>, just that): from grids where the published windows leave another, means over adaptive windows, so that the head works for every input.
/// </summary>
public sealed class HeadPool(long grid, bool exact) : nn.Module<Tensor, Tensor>(nameof(HeadPool)), ILayer
{
    private const long Size = 5, Stride = 3;

    public LayerKind Kind => LayerKind.AveragePool;

    public Window WindowOn(long height, long width) =>
        Fits(height) && Fits(width) ? Window.Square(Size, Stride, padding: 0) : Window.Adaptive(height, width, grid);

    public override Tensor forward(Tensor input)
    {
        var shape = input.shape;
        return Fits(shape[2]) && Fits(shape[3])
            ? nn.functional.avg_pool2d(input, Size, stride: Stride)
            : nn.functional.adaptive_avg_pool2d(input, grid);
    }

    private bool Fits(long cells) => (cells - Size) / Stride + 1 is var left && (exact ? left == grid : left >= grid);
}
