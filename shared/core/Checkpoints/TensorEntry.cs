namespace Inception.Distributed.Checkpoints;

/// <summary>Element types of the safetensors format, by its names.</summary>
public enum TensorType { BOOL, U8, I8, F8_E5M2, F8_E4M3, I16, U16, F16, BF16, I32, U32, F32, F64, I64, U64 }

/// <summary>A tensor of a safetensors file: row-major, little-endian, without gaps.</summary>
public sealed record TensorEntry(string Name, TensorType Type, IReadOnlyList<long> Shape)
{
    /// <exception cref="OverflowException">There is no such tensor.</exception>
    public long Elements => Shape.Aggregate(1L, (product, length) => checked(product * length));

    /// <exception cref="OverflowException">There is no such tensor.</exception>
    public long Bytes => checked(Elements * ElementBytes);

    public int ElementBytes => Type switch
    {
        TensorType.BOOL or TensorType.U8 or TensorType.I8 or TensorType.F8_E5M2 or TensorType.F8_E4M3 => 1,
        TensorType.I16 or TensorType.U16 or TensorType.F16 or TensorType.BF16 => 2,
        TensorType.I32 or TensorType.U32 or TensorType.F32 => 4,
        TensorType.F64 or TensorType.I64 or TensorType.U64 => 8,
        _ => throw new InvalidOperationException($"No such tensor type: {Type}."),
    };
}
