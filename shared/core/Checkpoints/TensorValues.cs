using System.Runtime.InteropServices;

namespace Inception.Distributed.Checkpoints;

/// <summary>Elements of any type as those that training computes with. Little-endian in and out.</summary>
public static class TensorValues
{
    /// <summary>The tensor's values as float32; from float64 and 64-bit integers rounded to the nearest.</summary>
    public static float[] ReadSingles(IWeightsFile file, TensorEntry entry)
    {
        var values = new float[entry.Elements];
        if (entry.Type == TensorType.F32)
        {
            file.Read(entry.Name, MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }

        var bytes = ReadBytes(file, entry);
        switch (entry.Type)
        {
            case TensorType.F64: Convert<double>(bytes, values, value => (float)value); break;
            case TensorType.F16: Convert<Half>(bytes, values, value => (float)value); break;
            case TensorType.BF16: Convert<ushort>(bytes, values, value => BitConverter.UInt32BitsToSingle((uint)value << 16)); break;
            default: throw new NotSupportedException($"{entry.Type} holds no weights.");
        }

        return values;
    }

    /// <summary>The one value of a counter.</summary>
    public static long ReadCounter(IWeightsFile file, TensorEntry entry) => entry.Type switch
    {
        TensorType.I64 => MemoryMarshal.Read<long>(ReadBytes(file, entry)),
        TensorType.I32 => MemoryMarshal.Read<int>(ReadBytes(file, entry)),
        _ => throw new NotSupportedException($"{entry.Type} holds no counter."),
    };

    /// <summary>Whether <see cref="ReadSingles"/> takes the type.</summary>
    public static bool IsFloat(TensorType type) => type is TensorType.F64 or TensorType.F32 or TensorType.F16 or TensorType.BF16;

    /// <summary>Whether <see cref="ReadCounter"/> takes the type.</summary>
    public static bool IsCounter(TensorType type) => type is TensorType.I64 or TensorType.I32;

    private static byte[] ReadBytes(IWeightsFile file, TensorEntry entry)
    {
        var bytes = new byte[entry.Bytes];
        file.Read(entry.Name, bytes);
        return bytes;
    }

    private static void Convert<T>(ReadOnlySpan<byte> bytes, Span<float> values, Func<T, float> convert) where T : unmanaged
    {
        var given = MemoryMarshal.Cast<byte, T>(bytes);
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = convert(given[index]);
        }
    }
}
