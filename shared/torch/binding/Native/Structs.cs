using System.Runtime.InteropServices;

namespace TorchSharp.Native;

// The layouts of native/binding/*.

[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Number(double Real, long Integer, int Kind);

[StructLayout(LayoutKind.Sequential)]
internal readonly struct Options(torch.ScalarType? dtype, torch.Device? device, bool requiresGrad)
{
    private readonly int _dtype = DType(dtype);
    private readonly int _deviceType = (int)(device?.type ?? DeviceType.CPU);
    private readonly int _deviceIndex = device?.index ?? -1;
    private readonly int _requiresGrad = requiresGrad ? 1 : 0;

    internal static int DType(torch.ScalarType? dtype) => dtype is { } given ? (int)given : -1;
}

[StructLayout(LayoutKind.Sequential)]
internal readonly struct Description
{
    internal readonly long Elements;
    internal readonly long StorageOffset;
    internal readonly int Rank;
    internal readonly int DType;
    internal readonly int ElementSize;
    internal readonly int DeviceType;
    internal readonly int DeviceIndex;
    internal readonly int IsContiguous;
    internal readonly int IsLeaf;
    internal readonly int RequiresGrad;
}

/// <summary>Height and width.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Sizes(long Height, long Width)
{
    /// <summary>One number for both directions, or two; <paramref name="otherwise"/> where none is given.</summary>
    internal static Sizes Of(long[]? values, Sizes otherwise) => values switch
    {
        null or [] => otherwise,
        [var both] => new(both, both),
        [var height, var width] => new(height, width),
        _ => throw new ArgumentException($"One number or two are wanted, not {values.Length}.", nameof(values)),
    };

    internal static Sizes One => new(1, 1);
}
