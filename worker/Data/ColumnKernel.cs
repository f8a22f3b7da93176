using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inception.Distributed.Worker.Data;

/// <summary>Two rows' offsets and weights, the latter also as the pairs of 16-bit factors that vector instructions take.</summary>
internal readonly struct RowPair(int offset0, int offset1, int weight0, int weight1)
{
    public int Offset0 { get; } = offset0;
    public int Offset1 { get; } = offset1;
    public int Weight0 { get; } = weight0;
    public int Weight1 { get; } = weight1;
    public int High { get; } = (ushort)FilterTaps.High(weight0) | FilterTaps.High(weight1) << 16;
    public int Low { get; } = (ushort)FilterTaps.Low(weight0) | FilterTaps.Low(weight1) << 16;
}

/// <summary>Weighs rows of bytes into one. The vector loop and the plain one give the same bits.</summary>
internal static class ColumnKernel
{
    private const int Rounding = 1 << (FilterTaps.WeightBits - 1);

    /// <param name="rows">As long as the output from each pair's offsets on.</param>
    public static void Combine(byte[] rows, ReadOnlySpan<RowPair> pairs, Span<byte> output)
    {
        foreach (ref readonly var pair in pairs)
            ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, Math.Max(pair.Offset0, pair.Offset1) + output.Length);

        var done = Avx2.IsSupported ? CombineVectors(rows, pairs, output) : 0;
        CombinePlainly(rows, pairs, output, done);
    }

    internal static void CombinePlainly(byte[] rows, ReadOnlySpan<RowPair> pairs, Span<byte> output, int from)
    {
        for (var i = from; i < output.Length; i++)
        {
            var sum = Rounding;
            foreach (ref readonly var pair in pairs) sum += pair.Weight0 * rows[pair.Offset0 + i] + pair.Weight1 * rows[pair.Offset1 + i];
            output[i] = (byte)Math.Clamp(sum >> FilterTaps.WeightBits, 0, 255);
        }
    }

    /// <returns>How many bytes are done: a multiple of the vector's length.</returns>
    private static int CombineVectors(byte[] rows, ReadOnlySpan<RowPair> pairs, Span<byte> output)
    {
        ref var start = ref MemoryMarshal.GetArrayDataReference(rows);
        ref var target = ref MemoryMarshal.GetReference(output);
        var i = 0;
        for (; i <= output.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
        {
            var (high0, high1, high2, high3) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
            var low0 = Vector256.Create(Rounding);
            var (low1, low2, low3) = (low0, low0, low0);
            foreach (ref readonly var pair in pairs)
            {
                var high = Vector256.Create(pair.High).AsInt16();
                var low = Vector256.Create(pair.Low).AsInt16();
                var bytes0 = Unsafe.ReadUnaligned<Vector256<byte>>(ref Unsafe.Add(ref start, pair.Offset0 + i));
                var bytes1 = Unsafe.ReadUnaligned<Vector256<byte>>(ref Unsafe.Add(ref start, pair.Offset1 + i));
                var lower = Avx2.UnpackLow(bytes0, bytes1);
                var upper = Avx2.UnpackHigh(bytes0, bytes1);
                var words0 = Avx2.UnpackLow(lower, Vector256<byte>.Zero).AsInt16();
                var words1 = Avx2.UnpackHigh(lower, Vector256<byte>.Zero).AsInt16();
                var words2 = Avx2.UnpackLow(upper, Vector256<byte>.Zero).AsInt16();
                var words3 = Avx2.UnpackHigh(upper, Vector256<byte>.Zero).AsInt16();
                high0 += Avx2.MultiplyAddAdjacent(words0, high);
                high1 += Avx2.MultiplyAddAdjacent(words1, high);
                high2 += Avx2.MultiplyAddAdjacent(words2, high);
                high3 += Avx2.MultiplyAddAdjacent(words3, high);
                low0 += Avx2.MultiplyAddAdjacent(words0, low);
                low1 += Avx2.MultiplyAddAdjacent(words1, low);
                low2 += Avx2.MultiplyAddAdjacent(words2, low);
                low3 += Avx2.MultiplyAddAdjacent(words3, low);
            }

            // Packing undoes the unpacking, half by half.
            var lowerLevels = Avx2.PackSignedSaturate(Level(high0, low0), Level(high1, low1));
            var upperLevels = Avx2.PackSignedSaturate(Level(high2, low2), Level(high3, low3));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, i), Avx2.PackUnsignedSaturate(lowerLevels, upperLevels));
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Level(Vector256<int> high, Vector256<int> low) => ((high << FilterTaps.LowBits) + low) >> FilterTaps.WeightBits;
}
