namespace Inception.Distributed.Worker.Data;

/// <summary>Pillow's ImageEnhance.Sharpness on a square RGB picture, with its bits.</summary>
internal static class Sharpness
{
    private const int Channels = 3;

    /// <param name="from">size · size pixels.</param>
    /// <param name="factor">0: smoothed, each pixel weighing 5 and its eight neighbours 1; 1: no change; above: the other way.</param>
    /// <param name="to">Another size · size pixels. The outermost ones stay as they are.</param>
    public static void Change(ReadOnlySpan<byte> from, int size, float factor, Span<byte> to)
    {
        var stride = size * Channels;
        from.CopyTo(to);
        for (var row = 1; row < size - 1; row++)
        {
            var above = from.Slice((row - 1) * stride, stride);
            var here = from.Slice(row * stride, stride);
            var below = from.Slice((row + 1) * stride, stride);
            var output = to.Slice(row * stride, stride);
            for (var i = Channels; i < stride - Channels; i++)
            {
                var sum = above[i - Channels] + above[i] + above[i + Channels] + here[i - Channels] + 5 * here[i] + here[i + Channels]
                    + below[i - Channels] + below[i] + below[i + Channels];
                var smooth = (2 * sum + 13) / 26;
                output[i] = (byte)Math.Clamp(smooth + factor * (here[i] - smooth), 0f, 255f);
            }
        }
    }
}
