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
}
