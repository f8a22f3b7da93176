namespace Inception.Distributed.Worker.Models;

/// <summary>
/// A layer as the papers' tables list them. Every network of the family consists of these, of <c>Linear</c> and of dropout; what joins
/// them only concatenates. So <see cref="LayerTrace"/> sees a whole network by watching them.
/// </summary>
public interface ILayer
{
    LayerKind Kind { get; }

    /// <summary>The window that slides over a feature map of that many cells.</summary>
    Window WindowOn(long height, long width);
}

public enum LayerKind { Convolution, MaxPool, AveragePool, LocalResponseNorm, Linear }

/// <summary>A window that slides over a feature map; sizes are height and width in cells.</summary>
public sealed record Window((long Height, long Width) Kernel, (long Height, long Width) Stride, (long Height, long Width) Padding)
{
    public static Window Square(long kernel, long stride, long padding) => new((kernel, kernel), (stride, stride), (padding, padding));

    /// <summary>The largest of the windows that cut a map of <paramref name="height"/> × <paramref name="width"/> cells into size × size: number i of n cells is from ⌊i·n/size⌋ to ⌈(i + 1)·n/size⌉.</summary>
    public static Window Adaptive(long height, long width, long size)
    {
        return new Window((Largest(height), Largest(width)), (height / size, width / size), (0, 0));

        long Largest(long cells) => Enumerable.Range(0, (int)size).Max(i => ((i + 1) * cells + size - 1) / size - i * cells / size);
    }
}
