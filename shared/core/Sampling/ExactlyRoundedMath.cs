namespace Inception.Distributed.Sampling;

/// <summary>Functions that give the same bits on every machine, because they use only operations that IEEE 754 rounds exactly.</summary>
internal static class ExactlyRoundedMath
{
    /// <summary>Natural logarithm of a normal positive number, to about 1 unit in the last place.</summary>
    public static double Log(double value)
    {
        // value = mantissa · 2^exponent with the mantissa in [√½, √2)
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa > 1.4142135623730951)
        {
            mantissa /= 2;
            exponent++;
        }

        // log m = 2 artanh t = 2 (t + t³/3 + t⁵/5 + …) with |t| < 0.1716; the first term left out is below 2⁻⁵⁵ of the sum
        var t = (mantissa - 1) / (mantissa + 1);
        var square = t * t;
        var sum = 0.0;
        for (var power = 21; power >= 3; power -= 2)
        {
            sum = (sum + 1.0 / power) * square;
        }

        return exponent * 0.6931471805599453 + 2 * (t + t * sum);
    }

    /// <summary>e to the power of a number, to about 1 unit in the last place; 0 and infinity beyond the range of normal numbers.</summary>
    public static double Exp(double value)
    {
        if (value < -708) return 0;
        if (value > 709) return double.PositiveInfinity;

        // value = k · ln 2 + rest with |rest| ≤ ½ ln 2; the first part of ln 2 has few enough bits that k times it is exact
        var k = Math.Round(value * 1.4426950408889634);
        var rest = value - k * 0.693147180369123816490 - k * 1.90821492927058770002e-10;

        // 1 + r + r²/2! + …; the first term left out is below 2⁻⁵⁷ of the sum
        var sum = 0.0;
        for (var power = 14; power >= 1; power--)
        {
            sum = (sum + 1) * rest / power;
        }

        return BitConverter.Int64BitsToDouble((long)(k + 1023) << 52) * (1 + sum);
    }
}
