namespace Inception.Distributed.Worker.Data;

/// <summary>Changes of RGB bytes in place, with the bits of Pillow's ImageEnhance and of its HSV conversion.</summary>
internal static class Colours
{
    private const int Channels = 3;

    /// <param name="factor">0: black; 1: no change.</param>
    public static void ChangeBrightness(Span<byte> pixels, float factor) => Blend(pixels, from: 0, factor);

    /// <param name="factor">0: the mean grey; 1: no change.</param>
    public static void ChangeContrast(Span<byte> pixels, float factor)
    {
        var sum = 0L;
        for (var i = 0; i < pixels.Length; i += Channels) sum += Grey(pixels.Slice(i, Channels));
        Blend(pixels, from: (int)(sum / (double)(pixels.Length / Channels) + 0.5), factor);
    }

    /// <param name="factor">0: grey; 1: no change.</param>
    public static void ChangeSaturation(Span<byte> pixels, float factor)
    {
        for (var i = 0; i < pixels.Length; i += Channels)
        {
            var pixel = pixels.Slice(i, Channels);
            var grey = Grey(pixel);
            for (var channel = 0; channel < Channels; channel++) pixel[channel] = Mixed(grey, pixel[channel], factor);
        }
    }

    /// <param name="turns">Of the colour circle, −½ to ½; rounded to 1/255 towards 0.</param>
    public static void ShiftHue(Span<byte> pixels, float turns)
    {
        var shift = (int)(turns * 255);
        for (var i = 0; i < pixels.Length; i += Channels)
        {
            var pixel = pixels.Slice(i, Channels);
            var (hue, saturation, value) = ToHsv(pixel[0], pixel[1], pixel[2]);
            (pixel[0], pixel[1], pixel[2]) = ToRgb((byte)(hue + shift), saturation, value);
        }
    }

    /// <summary>ITU-R 601-2 luma.</summary>
    private static int Grey(ReadOnlySpan<byte> pixel) => (pixel[0] * 19595 + pixel[1] * 38470 + pixel[2] * 7471 + 0x8000) >> 16;

    private static void Blend(Span<byte> pixels, int from, float factor)
    {
        Span<byte> blended = stackalloc byte[256];
        for (var value = 0; value < blended.Length; value++) blended[value] = Mixed(from, value, factor);
        foreach (ref var pixel in pixels) pixel = blended[pixel];
    }

    private static byte Mixed(int from, int to, float factor) => (byte)Math.Clamp(from + factor * (to - from), 0f, 255f);

    private static (byte Hue, byte Saturation, byte Value) ToHsv(byte red, byte green, byte blue)
    {
        var (highest, lowest) = (Math.Max(red, Math.Max(green, blue)), Math.Min(red, Math.Min(green, blue)));
        if (highest == lowest) return (0, 0, highest);

        float range = highest - lowest;
        var saturation = range / highest;
        var (r, g, b) = ((highest - red) / range, (highest - green) / range, (highest - blue) / range);
        var sextant = red == highest ? b - g : green == highest ? (float)(2.0 + r - b) : (float)(4.0 + g - r);
        var hue = (float)((sextant / 6.0 + 1.0) % 1.0);
        return ((byte)Math.Clamp((int)(hue * 255.0), 0, 255), (byte)Math.Clamp((int)(saturation * 255.0), 0, 255), highest);
    }

    private static (byte Red, byte Green, byte Blue) ToRgb(byte hue, byte saturation, byte value)
    {
        if (saturation == 0) return (value, value, value);

        var place = hue * 6.0 / 255.0;
        var sextant = (int)place;
        var fraction = (float)(place - sextant);
        var share = (float)(saturation / 255.0);
        var low = Level(value * (1.0 - share));
        var falling = Level(value * (1.0 - share * fraction));
        var rising = Level(value * (1.0 - share * (1.0 - fraction)));
        return (sextant % 6) switch
        {
            0 => (value, rising, low),
            1 => (falling, value, low),
            2 => (low, value, rising),
            3 => (low, falling, value),
            4 => (rising, low, value),
            _ => (value, low, falling),
        };
    }

    private static byte Level(double value) => (byte)Math.Clamp(Math.Round(value, MidpointRounding.AwayFromZero), 0, 255);
}
