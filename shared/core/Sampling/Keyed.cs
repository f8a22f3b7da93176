using System.Text;

namespace Inception.Distributed.Sampling;

/// <summary>What a random choice is for. Part of every key, so that streams for different purposes never coincide.</summary>
public enum Purpose : long
{
    Order = 1,
    Augmentation = 2,
    Dropout = 3,
    Initialization = 4,
    SyntheticData = 5,
    Mixing = 6,
    Replacement = 7,
    Colour = 8,
    Erasing = 9,
    RandAugment = 10,
    SourceOrder = 11,
    Faults = 12,
}

/// <summary>
/// 64-bit hashes of tuples: where every random choice of a run starts. The same on every machine and in every version;
/// changing one output changes the results of all jobs.
/// </summary>
public static class Keyed
{
    internal const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    /// <summary>
    /// Every bit of every part of the key changes every bit of the result with probability ½; tuples of different lengths are
    /// unlike.
    /// </summary>
    public static ulong Hash(Purpose purpose, params ReadOnlySpan<long> key)
    {
        var hash = Absorb(Mix((ulong)key.Length + GoldenGamma), (ulong)purpose);
        foreach (var part in key)
        {
            hash = Absorb(hash, (ulong)part);
        }

        return hash;
    }

    /// <summary>A key part made from a name, e.g. a parameter's. Equal texts (ordinal, as UTF-8) give equal parts.</summary>
    public static long HashText(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var hash = Mix((ulong)bytes.Length + GoldenGamma);
        foreach (var value in bytes)
        {
            hash = Absorb(hash, value);
        }

        return (long)hash;
    }

    /// <summary>
    /// The finalizer of SplitMix64 ("Fast splittable pseudorandom number generators", 2014; constants: Stafford's variant 13). A
    /// bijection.
    /// </summary>
    internal static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private static ulong Absorb(ulong hash, ulong part) => Mix((hash ^ part) + GoldenGamma);
}
