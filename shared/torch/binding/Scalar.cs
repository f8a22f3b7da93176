using TorchSharp.Native;

namespace TorchSharp;

/// <summary>A number and its kind, which decides the result type of operations with tensors.</summary>
public sealed class Scalar
{
    private Scalar(Number number) => Number = number;

    internal Number Number { get; }

    internal static Number One => new(1, 1, Kind: 1);

    public static implicit operator Scalar(byte value) => Integer(value);

    public static implicit operator Scalar(int value) => Integer(value);

    public static implicit operator Scalar(long value) => Integer(value);

    public static implicit operator Scalar(float value) => new(new Number(value, 0, Kind: 0));

    public static implicit operator Scalar(double value) => new(new Number(value, 0, Kind: 0));

    public static implicit operator Scalar(bool value) => new(new Number(0, value ? 1 : 0, Kind: 2));

    private static Scalar Integer(long value) => new(new Number(0, value, Kind: 1));
}
