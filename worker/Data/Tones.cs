namespace Inception.Distributed.Worker.Data;

/// <summary>Changes of RGB bytes in place that look at one value at a time, with the bits of Pillow's ImageOps.</summary>
internal static class Tones
{
    private const int Channels = 3;
    private const int Levels = 256;

    /// <param name="bits">0 to 8: how many of the upper bits stay.</param>
    public static void Posterize(Span<byte> pixels, int bits)
    {
        var mask = (byte)(0xFF00 >> bits);
        foreach (ref var value in pixels) value &= mask;
    }

    /// <summary>Values from <paramref name="threshold"/> on are inverted.</summary>
    public static void Solarize(Span<byte> pixels, float threshold)
    {
        foreach (ref var value in pixels) value = value < threshold ? value : (byte)~value;
    }

    /// <summary>Spreads each channel from 0 to 255.</summary>
    public static void AutoContrast(Span<byte> pixels)
    {
        Span<int> counts = stackalloc int[Levels];
        Span<byte> tones = stackalloc byte[Levels];
        for (var channel = 0; channel < Channels; channel++)
        {
            Count(pixels, channel, counts);
            var (lowest, highest) = (counts.IndexOfAnyExcept(0), counts.LastIndexOfAnyExcept(0));
            if (highest <= lowest) continue;
            var scale = 255.0 / (highest - lowest);
            var offset = -lowest * scale;
            for (var value = 0; value < Levels; value++) tones[value] = (byte)Math.Clamp((int)(value * scale + offset), 0, 255);
            Map(pixels, channel, tones);
        }
    }

    /// <summary>Spreads each channel so that its levels are about as frequent as each other.</summary>
    public static void Equalize(Span<byte> pixels)
    {
        Span<int> counts = stackalloc int[Levels];
        Span<byte> tones = stackalloc byte[Levels];
        for (var channel = 0; channel < Channels; channel++)
        {
            Count(pixels, channel, counts);
            var step = (pixels.Length / Channels - counts[counts.LastIndexOfAnyExcept(0)]) / 255;
            if (step == 0) continue;
            var below = step / 2;
            for (var value = 0; value < Levels; value++)
            {
                tones[value] = (byte)Math.Min(below / step, 255);
                below += counts[value];
            }

            Map(pixels, channel, tones);
        }
    }

    private static void Count(ReadOnlySpan<byte> pixels, int channel, Span<int> counts)
    {
        counts.Clear();
        for (var i = channel; i < pixels.Length; i += Channels) counts[pixels[i]]++;
    }

    private static void Map(Span<byte> pixels, int channel, ReadOnlySpan<byte> tones)
    {
        for (var i = channel; i < pixels.Length; i += Channels) pixels[i] = tones[pixels[i]];
    }
}
