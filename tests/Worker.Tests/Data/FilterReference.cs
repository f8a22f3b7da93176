using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

/// <summary>An antialiased filter as plainly as can be, in double precision: rows to whole grey levels first, then columns, as Pillow does.</summary>
internal static class FilterReference
{
    public static byte[] Resize(ImageView image, CropWindow window, int size, FilterKind filter)
    {
        var pixels = Window(image, window);
        var horizontal = new double[window.Height, size, 3];
        for (var y = 0; y < window.Height; y++)
        {
            for (var x = 0; x < size; x++)
            {
                for (var channel = 0; channel < 3; channel++)
                    horizontal[y, x, channel] = Level(Weigh(x, window.Width, size, filter, place => pixels[y, place, channel]));
            }
        }

        var result = new byte[size * size * 3];
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var column = window.Mirrored ? size - 1 - x : x;
                for (var channel = 0; channel < 3; channel++)
                    result[(y * size + x) * 3 + channel] = (byte)Level(Weigh(y, window.Height, size, filter, place => horizontal[place, column, channel]));
            }
        }

        return result;
    }

    private static double[,,] Window(ImageView image, CropWindow window)
    {
        var pixels = new double[window.Height, window.Width, 3];
        for (var y = 0; y < window.Height; y++)
        {
            for (var x = 0; x < window.Width; x++)
            {
                for (var channel = 0; channel < 3; channel++) pixels[y, x, channel] = Pixel(image, window, y, x, channel);
            }
        }

        return pixels;
    }

    private static double Weigh(int output, int length, int size, FilterKind filter, Func<int, double> value)
    {
        var scale = (double)length / size;
        var widening = Math.Max(1, scale);
        var (sum, weights) = (0.0, 0.0);
        for (var place = 0; place < length; place++)
        {
            var weight = Filter(filter, Math.Abs(place + 0.5 - (output + 0.5) * scale) / widening);
            sum += weight * value(place);
            weights += weight;
        }

        return sum / weights;
    }

    private static double Filter(FilterKind filter, double x) => (filter, x) switch
    {
        (FilterKind.Bilinear, < 1) => 1 - x,
        (FilterKind.Bicubic, < 1) => 1.5 * x * x * x - 2.5 * x * x + 1,
        (FilterKind.Bicubic, < 2) => -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2,
        _ => 0,
    };

    private static double Level(double value) => Math.Clamp(Math.Floor(value + 0.5), 0, 255);

    private static double Pixel(ImageView image, CropWindow window, int y, int x, int channel)
    {
        var (row, column) = (window.Top + y, window.Left + x);
        var inside = row >= 0 && row < image.Height && column >= 0 && column < image.Width;
        return inside ? image.Row(row)[column * image.Channels + (image.Channels == 1 ? 0 : channel)] : 0;
    }
}
