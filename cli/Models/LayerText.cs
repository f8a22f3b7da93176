using System.Globalization;
using Inception.Distributed.Worker.Models;

namespace Inception.Distributed.Cli.Models;

/// <summary>Layers and figures in words.</summary>
internal static class LayerText
{
    public static string Kind(TracedLayer layer) => layer.Kind switch
    {
        LayerKind.Convolution => $"conv {Window(layer.Window)}",
        LayerKind.MaxPool => $"max pool {Window(layer.Window)}",
        LayerKind.AveragePool => $"mean {Window(layer.Window)}",
        LayerKind.LocalResponseNorm => "response norm",
        LayerKind.Linear => "linear",
        _ => throw new ArgumentOutOfRangeException(nameof(layer), layer.Kind, "no such kind"),
    };

    /// <summary>Height × width, then the stride if it is not 1: <c>3×3/2</c>.</summary>
    public static string Window(Window window)
    {
        var stride = window.Stride switch { (1, 1) => "", var (height, width) when height == width => $"/{height}", var (height, width) => $"/{height}×{width}" };
        return Size(window.Kernel) + (window.Kernel == window.Stride && window.Padding == (0, 0) && window.Kernel.Height > 3 ? "" : stride);
    }

    public static string Size((long Height, long Width) size) => $"{size.Height}×{size.Width}";

    public static string Shape(IReadOnlyList<long> shape) => string.Join('×', shape);

    /// <summary>Three significant digits, or four from a thousand millions on: <c>928</c>, <c>19.2 M</c>, <c>5.713 G</c>.</summary>
    public static string Amount(long amount) => amount switch
    {
        < 1_000 => Text($"{amount}"),
        < 1_000_000 => Text($"{amount / 1e3:0.0} k"),
        < 1_000_000_000 => Text($"{amount / 1e6:0.0} M"),
        _ => Text($"{amount / 1e9:0.000} G"),
    };

    public static string MegaBytes(long bytes) => Text($"{bytes / 1e6:0.0} MB");

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
