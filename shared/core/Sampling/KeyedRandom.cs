using System.Numerics;

namespace Inception.Distributed.Sampling;

/// <summary>
/// A generator of random numbers that depends on its key alone: xoshiro256** ("Scrambled linear pseudorandom number
/// generators", Blackman and Vigna, 2021), its state filled from the key's hash. Uses only operations that IEEE 754
/// rounds exactly, never the platform's mathematics library, so the numbers are the same on every machine.
/// A mutable struct: keep it in a local variable or field, and don't copy it while drawing.
/// </summary>
public struct KeyedRandom
{
    private ulong _s0, _s1, _s2, _s3;

    private KeyedRandom(ulong hash)
    {
        // SplitMix64 fills the state, as its authors advise.
        _s0 = Keyed.Mix(hash += Keyed.GoldenGamma);
        _s1 = Keyed.Mix(hash += Keyed.GoldenGamma);
        _s2 = Keyed.Mix(hash += Keyed.GoldenGamma);
        _s3 = Keyed.Mix(hash + Keyed.GoldenGamma);
    }

    public static KeyedRandom From(Purpose purpose, params ReadOnlySpan<long> key) => new(Keyed.Hash(purpose, key));

    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    public bool NextBoolean() => NextUInt64() >> 63 != 0;

    /// <summary>
    /// Uniform in [0, <paramref name="exclusiveUpperBound"/>), without bias (Lemire, "Fast random integer generation in an
    /// interval", 2019).
    /// </summary>
    public int NextInt(int exclusiveUpperBound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveUpperBound);
        var bound = (ulong)exclusiveUpperBound;
        var high = Math.BigMul(NextUInt64(), bound, out var low);
        if (low < bound)
        {
            var unevenRest = (0 - bound) % bound;
            while (low < unevenRest)
            {
                high = Math.BigMul(NextUInt64(), bound, out low);
            }
        }

        return (int)high;
    }

    /// <summary>From <paramref name="low"/>, above 0, to <paramref name="high"/>, its logarithm uniform.</summary>
    public double NextLogUniform(double low, double high) => low * ExactlyRoundedMath.Exp(NextDouble() * ExactlyRoundedMath.Log(high / low));

    /// <summary>Normal with mean 0 and deviation 1 (Marsaglia's polar method).</summary>
    public double NextGaussian()
    {
        double x, squaredRadius;
        do
        {
            x = 2 * NextDouble() - 1;
            var y = 2 * NextDouble() - 1;
            squaredRadius = x * x + y * y;
        }
        while (squaredRadius >= 1 || squaredRadius == 0);
        return x * Math.Sqrt(-2 * ExactlyRoundedMath.Log(squaredRadius) / squaredRadius);
    }

    /// <summary>Beta with both parameters <paramref name="alpha"/>, above 0: symmetric about ½, uniform for 1, towards 0 and 1 below it.</summary>
    public double NextBeta(double alpha)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(alpha);
        // x / (x + y) of two gammas, by their logarithms: for a small alpha both may be too small for a double.
        var x = NextLogGamma(alpha);
        var y = NextLogGamma(alpha);
        return 1 / (1 + ExactlyRoundedMath.Exp(y - x));
    }

    /// <summary>The logarithm of a gamma variate of scale 1 (Marsaglia and Tsang, "A simple method for generating gamma variables", 2000).</summary>
    private double NextLogGamma(double shape)
    {
        if (shape < 1)
        {
            var uniform = 1 - NextDouble();
            return NextLogGamma(shape + 1) + ExactlyRoundedMath.Log(uniform) / shape;
        }

        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var normal = NextGaussian();
            var root = 1 + c * normal;
            var uniform = 1 - NextDouble();
            if (root <= 0) continue;
            var logCube = 3 * ExactlyRoundedMath.Log(root);
            if (ExactlyRoundedMath.Log(uniform) < 0.5 * normal * normal + d - d * (root * root * root) + d * logCube)
            {
                return ExactlyRoundedMath.Log(d) + logCube;
            }
        }
    }
}
