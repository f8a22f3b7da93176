using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inception.Distributed.Worker.Data;

/// <summary>Scales a row of RGBX bytes to a row of RGB bytes. The vector loop and the plain one give the same bits.</summary>
internal static class RowKernel
{
    private const int Rounding = 1 << (FilterTaps.WeightBits - 1);
    private const int TapsABlock = 4;

    // Four RGBX pixels to 16-bit pairs of neighbours, a channel after the other: pixels 0 and 1 below, 2 and 3 above.
    private static readonly Vector256<byte> Pairs = Vector256.Create(
        (byte)0, 0x80, 4, 0x80, 1, 0x80, 5, 0x80, 2, 0x80, 6, 0x80, 3, 0x80, 7, 0x80,
        8, 0x80, 12, 0x80, 9, 0x80, 13, 0x80, 10, 0x80, 14, 0x80, 11, 0x80, 15, 0x80);

    /// <summary>
    /// The weights as the vector loop reads them: of each four taps the high halves of the first two, four times, those of the other two,
    /// four times, and then the same with the low halves.
    /// </summary>
    public static void Expand(FilterTaps taps, ref short[] expanded)
    {
        if (!Avx2.IsSupported) return;
        var length = taps.First.Length * taps.Count;
        if (expanded.Length < length * 8) expanded = new short[length * 8];
        for (var tap = 0; tap < length; tap++)
        {
            var (high, low) = (FilterTaps.High(taps.Weights[tap]), FilterTaps.Low(taps.Weights[tap]));
            var place = tap / 4 * 32 + tap % 4 / 2 * 8 + tap % 2;
            for (var channel = 0; channel < 8; channel += 2)
            {
                expanded[place + channel] = high;
                expanded[place + channel + 16] = low;
            }
        }
    }

    /// <param name="pixels">Readable to 64 bytes beyond the last pixel that weighs anything.</param>
    /// <param name="rowStart">Offset of the source row.</param>
    /// <param name="expanded">From <see cref="Expand"/>.</param>
    /// <param name="scaled">3 bytes a pixel; one more is written behind the last.</param>
    public static void Scale(ReadOnlySpan<byte> pixels, int rowStart, FilterTaps taps, short[] expanded, Span<byte> scaled)
    {
        if (Avx2.IsSupported)
        {
            ScaleByVectors(pixels[rowStart..], taps.First, taps.Count / TapsABlock, expanded, scaled);
        }
        else
        {
            ScalePlainly(pixels[rowStart..], taps, scaled);
        }
    }

    internal static void ScalePlainly(ReadOnlySpan<byte> row, FilterTaps taps, Span<byte> scaled)
    {
        for (var slot = 0; slot < taps.First.Length; slot++)
        {
            var weights = taps.Weights.AsSpan(slot * taps.Count, taps.Count);
            for (var channel = 0; channel < 3; channel++)
            {
                var sum = Rounding;
                for (var tap = 0; tap < weights.Length; tap++)
                {
                    if (weights[tap] != 0) sum += weights[tap] * row[(taps.First[slot] + tap) * 4 + channel];
                }

                scaled[slot * 3 + channel] = (byte)Math.Clamp(sum >> FilterTaps.WeightBits, 0, 255);
            }
        }
    }

    private static void ScaleByVectors(ReadOnlySpan<byte> row, int[] first, int blocks, short[] expanded, Span<byte> scaled)
    {
        // The last slot reads the most; everything before is inside when that is.
        ArgumentOutOfRangeException.ThrowIfLessThan(scaled.Length, first.Length * 3 + 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(expanded.Length, first.Length * blocks * 32);
        var largest = Math.Max(first[0], first[^1]);
        ArgumentOutOfRangeException.ThrowIfLessThan(row.Length, (largest + blocks * TapsABlock) * 4);

        ref var source = ref MemoryMarshal.GetReference(row);
        ref var weights = ref Unsafe.As<short, Vector256<short>>(ref MemoryMarshal.GetArrayDataReference(expanded));
        ref var target = ref MemoryMarshal.GetReference(scaled);
        var pairs = Pairs;
        var rounding = Vector128.Create(Rounding);
        var slot = 0;
        for (; blocks == 1 && slot <= first.Length - 2; slot += 2)
        {
            // The common case: four taps. Two pixels share the vectors from the sums on.
            var (high0, low0) = Products(ref Unsafe.Add(ref source, (nint)(uint)first[slot] * 4), ref weights, pairs);
            var (high1, low1) = Products(ref Unsafe.Add(ref source, (nint)(uint)first[slot + 1] * 4), ref Unsafe.Add(ref weights, 2), pairs);
            weights = ref Unsafe.Add(ref weights, 4);
            var sums0 = (high0 << FilterTaps.LowBits) + low0;
            var sums1 = (high1 << FilterTaps.LowBits) + low1;
            var both = Avx2.Permute2x128(sums0, sums1, 0x20) + Avx2.Permute2x128(sums0, sums1, 0x31);
            both = (both + Vector256.Create(Rounding)) >> FilterTaps.WeightBits;
            var levels = Sse2.PackSignedSaturate(both.GetLower(), both.GetUpper());
            var two = Sse2.PackUnsignedSaturate(levels, levels).AsUInt32();
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, slot * 3), two.ToScalar());
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, slot * 3 + 3), two.GetElement(1));
        }

        for (; slot < first.Length; slot++)
        {
            ref var place = ref Unsafe.Add(ref source, (nint)(uint)first[slot] * 4);
            var (high, low) = (Vector256<int>.Zero, Vector256<int>.Zero);
            for (var block = 0; block < blocks; block++)
            {
                var (highs, lows) = Products(ref Unsafe.Add(ref place, block * 16), ref weights, pairs);
                high += highs;
                low += lows;
                weights = ref Unsafe.Add(ref weights, 2);
            }

            var sums = (high << FilterTaps.LowBits) + low;
            var sum = (sums.GetLower() + sums.GetUpper() + rounding) >> FilterTaps.WeightBits;
            var packed = Sse2.PackSignedSaturate(sum, sum);
            var pixel = Sse2.PackUnsignedSaturate(packed, packed).AsUInt32().ToScalar();
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, slot * 3), pixel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> High, Vector256<int> Low) Products(ref byte place, ref Vector256<short> weights, Vector256<byte> pairs)
    {
        var four = Unsafe.ReadUnaligned<Vector128<byte>>(ref place);
        var words = Avx2.Shuffle(Vector256.Create(four, four), pairs).AsInt16();
        return (Avx2.MultiplyAddAdjacent(words, weights), Avx2.MultiplyAddAdjacent(words, Unsafe.Add(ref weights, 1)));
    }
}
