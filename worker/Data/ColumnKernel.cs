using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inception.Distributed.Worker.Data;

/// <summary>Weighs rows of bytes into one. The vector loop and the plain one give the same bits.</summary>
internal static class ColumnKernel
{
    private const int Rounding = 1 << (FilterTaps.WeightBits - 1);

    /// <param name="offsets">Where each row begins in <paramref name="rows"/>.</param>
    /// <param name="weights">One for each row.</param>
    /// <param name="output">As long as a row.</param>
    public static void Combine(byte[] rows, ReadOnlySpan<int> offsets, ReadOnlySpan<int> weights, Span<byte> output)
    {
        foreach (var offset in offsets) ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, offset + output.Length);
        var count = weights.Length;
        while (count > 1 && weights[count - 1] == 0) count--;
        offsets = offsets[..count];
        weights = weights[..count];
        var done = Avx2.IsSupported ? CombineVectors(rows, offsets, weights, output) : 0;
        CombinePlainly(rows, offsets, weights, output, done);
    }

    internal static void CombinePlainly(byte[] rows, ReadOnlySpan<int> offsets, ReadOnlySpan<int> weights, Span<byte> output, int from)
    {
        for (var i = from; i < output.Length; i++)
        {
            var sum = Rounding;
            for (var tap = 0; tap < weights.Length; tap++) sum += weights[tap] * rows[offsets[tap] + i];
            output[i] = (byte)Math.Clamp(sum >> FilterTaps.WeightBits, 0, 255);
        }
    }

    /// <returns>How many bytes are done: a multiple of the vector's length.</returns>
    private static int CombineVectors(byte[] rows, ReadOnlySpan<int> offsets, ReadOnlySpan<int> weights, Span<byte> output)
    {
        ref var start = ref MemoryMarshal.GetArrayDataReference(rows);
        ref var target = ref MemoryMarshal.GetReference(output);
        var i = 0;
        for (; i <= output.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
        {
            var (high0, high1, high2, high3) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
            var low0 = Vector256.Create(Rounding);
            var (low1, low2, low3) = (low0, low0, low0);
            for (var tap = 0; tap < weights.Length; tap += 2)
            {
                // An odd last row is paired with itself at weight 0.
                var second = tap + 1 < weights.Length ? tap + 1 : tap;
                var (weight0, weight1) = (weights[tap], second == tap ? 0 : weights[second]);
                var high = Vector256.Create((ushort)FilterTaps.High(weight0) | FilterTaps.High(weight1) << 16).AsInt16();
                var low = Vector256.Create((ushort)FilterTaps.Low(weight0) | FilterTaps.Low(weight1) << 16).AsInt16();
                var bytes0 = Unsafe.ReadUnaligned<Vector256<byte>>(ref Unsafe.Add(ref start, offsets[tap] + i));
                var bytes1 = Unsafe.ReadUnaligned<Vector256<byte>>(ref Unsafe.Add(ref start, offsets[second] + i));
                var (lower, upper) = (Avx2.UnpackLow(bytes0, bytes1), Avx2.UnpackHigh(bytes0, bytes1));
                Add(Avx2.UnpackLow(lower, Vector256<byte>.Zero), high, low, ref high0, ref low0);
                Add(Avx2.UnpackHigh(lower, Vector256<byte>.Zero), high, low, ref high1, ref low1);
                Add(Avx2.UnpackLow(upper, Vector256<byte>.Zero), high, low, ref high2, ref low2);
                Add(Avx2.UnpackHigh(upper, Vector256<byte>.Zero), high, low, ref high3, ref low3);
            }

            // Packing undoes the unpacking, half by half.
            var words0 = Avx2.PackSignedSaturate(Level(high0, low0), Level(high1, low1));
            var words1 = Avx2.PackSignedSaturate(Level(high2, low2), Level(high3, low3));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, i), Avx2.PackUnsignedSaturate(words0, words1));
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        Vector256<byte> pairs, Vector256<short> high, Vector256<short> low, ref Vector256<int> highSum, ref Vector256<int> lowSum)
    {
        highSum += Avx2.MultiplyAddAdjacent(pairs.AsInt16(), high);
        lowSum += Avx2.MultiplyAddAdjacent(pairs.AsInt16(), low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Level(Vector256<int> high, Vector256<int> low) => ((high << FilterTaps.LowBits) + low) >> FilterTaps.WeightBits;
}
