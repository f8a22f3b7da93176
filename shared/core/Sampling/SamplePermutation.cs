using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inception.Distributed.Sampling;

/// <summary>
/// The order of one epoch: a keyed permutation of 0 … count − 1 in constant memory. A Feistel network permutes the
/// smallest square power of two that holds the count; indices that land outside are permuted again until they are inside
/// (cycle walking: Black and Rogaway, "Ciphers with arbitrary finite domains", 2002). Immutable, for any thread.
/// </summary>
public readonly struct SamplePermutation
{
    private const int Rounds = 8;

    // A Feistel network over a handful of values is a poor shuffle. Tiny datasets walk through 2⁸ values instead.
    private const int MinimumHalfBits = 4;

    private readonly RoundKeys _roundKeys;
    private readonly int _halfBits;

    public SamplePermutation(long seed, long epoch, long count)
        : this(KeyedRandom.From(Purpose.Order, seed, epoch, count), count)
    {
    }

    private SamplePermutation(KeyedRandom random, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        Count = count;
        var bits = 64 - BitOperations.LeadingZeroCount((ulong)(count - 1));
        _halfBits = Math.Max((bits + 1) / 2, MinimumHalfBits);
        for (var round = 0; round < Rounds; round++)
        {
            _roundKeys[round] = random.NextUInt64();
        }
    }

    /// <summary>The order of a source's samples, where several are mixed, the <paramref name="pass"/>th time that it is gone through.</summary>
    public static SamplePermutation OfSource(long seed, int source, long pass, long count) =>
        new(KeyedRandom.From(Purpose.SourceOrder, seed, source, pass, count), count);

    public long Count { get; }

    /// <summary>The sample at a place of the epoch. At most 4 walks on average, once the count is above 64.</summary>
    public long this[long index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            var value = (ulong)index;
            do
            {
                value = Encrypt(value);
            }
            while (value >= (ulong)Count);
            return (long)value;
        }
    }

    [InlineArray(Rounds)]
    private struct RoundKeys
    {
        private ulong _first;
    }

    private ulong Encrypt(ulong value)
    {
        var left = value >> _halfBits;
        var right = value & ((1UL << _halfBits) - 1);
        foreach (var key in _roundKeys)
        {
            (left, right) = (right, left ^ (Keyed.Mix(right ^ key) >> (64 - _halfBits)));
        }

        return (left << _halfBits) | right;
    }
}
