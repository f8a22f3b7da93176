using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Worker.Data;

/// <summary>(value / 255 − mean) / deviation as one multiplication and one addition, each rounded: the same bits on every machine.</summary>
internal sealed class Normalizer(NormalizeSpec normalize)
{
    public float Scale { get; } = (float)(1 / (255 * normalize.Deviation));

    public float Shift { get; } = (float)(-normalize.Mean / normalize.Deviation);

    public void Apply(ReadOnlySpan<byte> pixels, Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, pixels.Length);
        var (scale, shift) = (Vector256.Create(Scale), Vector256.Create(Shift));
        ref var source = ref MemoryMarshal.GetReference(pixels);
        ref var target = ref MemoryMarshal.GetReference(values);
        var i = 0;
        for (; i <= pixels.Length - 2 * Vector256<float>.Count; i += 2 * Vector256<float>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.WidenLower(Unsafe.ReadUnaligned<Vector128<byte>>(ref Unsafe.Add(ref source, i)).ToVector256Unsafe()));
            Unsafe.WriteUnaligned(ref Unsafe.As<float, byte>(ref Unsafe.Add(ref target, i)), Vector256.ConvertToSingle(low.AsInt32()) * scale + shift);
            Unsafe.WriteUnaligned(ref Unsafe.As<float, byte>(ref Unsafe.Add(ref target, i + 8)), Vector256.ConvertToSingle(high.AsInt32()) * scale + shift);
        }

        for (; i < pixels.Length; i++) values[i] = pixels[i] * Scale + Shift;
    }
}
