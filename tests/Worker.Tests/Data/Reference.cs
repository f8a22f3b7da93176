using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

/// <summary>What the input pipeline should give, written as plainly as can be in double precision.</summary>
internal static class Reference
{
    public static double[] Input(ImageView image, CropWindow window, int size, NormalizeSpec normalize)
    {
        var result = new double[size * size * 3];
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var sourceX = window.Mirrored ? size - 1 - x : x;
                for (var channel = 0; channel < 3; channel++)
                {
                    var intensity = Bilinear(
                        image, window, Place(y, window.Height, size), Place(sourceX, window.Width, size), image.Channels == 1 ? 0 : channel);
                    result[(y * size + x) * 3 + channel] = (intensity / 255 - normalize.Mean) / normalize.Deviation;
                }
            }
        }

        return result;
    }

    private static double Place(int output, int sourceLength, int size) =>
        Math.Clamp((output + 0.5) * sourceLength / size - 0.5, 0, sourceLength - 1);

    private static double Bilinear(ImageView image, CropWindow window, double y, double x, int channel)
    {
        var (top, left) = ((int)Math.Floor(y), (int)Math.Floor(x));
        var (bottom, right) = (Math.Min(top + 1, window.Height - 1), Math.Min(left + 1, window.Width - 1));
        var (down, across) = (y - top, x - left);
        return (1 - down) * ((1 - across) * Pixel(image, window, top, left, channel) + across * Pixel(image, window, top, right, channel))
            + down * ((1 - across) * Pixel(image, window, bottom, left, channel) + across * Pixel(image, window, bottom, right, channel));
    }

    private static double Pixel(ImageView image, CropWindow window, int y, int x, int channel)
    {
        var (row, column) = (window.Top + y, window.Left + x);
        var inside = row >= 0 && row < image.Height && column >= 0 && column < image.Width;
        return inside ? image.Pixels[(row * image.Width + column) * image.Channels + channel] : 0;
    }
}
