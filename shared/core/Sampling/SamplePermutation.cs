using System.Numerics;

namespace Inception.Distributed.Sampling;

/// <summary>
/// The order of one epoch: a keyed permutation of 0 … count − 1 in constant memory. A Feistel network permutes the
/// smallest square power of two that holds the count; indices that land outside are permuted again until they are inside
/// (cycle walking: Black and Rogaway, "Ciphers with arbitrary finite domains", 2002). Immutable, for any thread.
/// </summary>
public sealed class SamplePermutation
{
    private const int Rounds = 8;

    // A Feistel network over a handful of values is a poor shuffle. Tiny datasets walk through 2⁸ values instead.
    private const int MinimumHalfBits = 4;

    private readonly ulong[] _roundKeys = new ulong[Rounds];
    private readonly int _halfBits;

    public SamplePermutation(long seed, long epoch, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        Count = count;
        var bits = 64 - BitOperations.LeadingZeroCount((ulong)(count - 1));
        _halfBits = Math.Max((bits + 1) / 2, MinimumHalfBits);
        var random = KeyedRandom.From(Purpose.Order, seed, epoch, count);
        for (var round = 0; round < Rounds; round++)
        {
            _roundKeys[round] = random.NextUInt64();
        }
    }

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
