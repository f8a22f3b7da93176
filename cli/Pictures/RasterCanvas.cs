namespace Inception.Distributed.Cli.Pictures;

/// <summary>Draws pixels, for PNG files. What lies outside is cut off.</summary>
internal sealed class RasterCanvas : ICanvas
{
    private const int Channels = 3;

    private readonly int _width;
    private readonly int _height;
    private readonly byte[] _pixels;

    public RasterCanvas(int width, int height)
    {
        (_width, _height) = (width, height);
        _pixels = new byte[width * height * Channels];
        _pixels.AsSpan().Fill(byte.MaxValue);
    }

    public byte[] ToPng() => PngFile.Encode(_pixels, _width, _height);

    public void Fill(int left, int top, int width, int height, Colour colour)
    {
        for (var y = Math.Max(0, top); y < Math.Min(_height, top + height); y++)
        {
            for (var x = Math.Max(0, left); x < Math.Min(_width, left + width); x++) Blend(x, y, colour, Glyphs.FullCoverage);
        }
    }

    public void Text(int x, int y, string text, Anchor anchor, Colour colour, bool vertical = false)
    {
        var before = Before(text, anchor);
        for (var i = 0; i < text.Length; i++)
        {
            for (var row = 0; row < Glyphs.Height; row++)
            {
                for (var column = 0; column < Glyphs.Width; column++)
                {
                    var along = i * Glyphs.Width + column - before;
                    var across = row - Glyphs.Height / 2;
                    var (pixelX, pixelY) = vertical ? (x + across, y - along) : (x + along, y + across);
                    Blend(pixelX, pixelY, colour, Glyphs.Coverage(text[i], column, row));
                }
            }
        }
    }

    public void Line(IReadOnlyList<(double X, double Y)> points, Colour colour, double width, double dash = 0)
    {
        // What the whole line covers of each pixel, so that a joint is not painted twice.
        var covered = new Dictionary<(int X, int Y), double>();
        foreach (var (from, to) in dash > 0 ? Dashes(points, dash) : points.Zip(points.Skip(1))) Cover(covered, from, to, width / 2);
        foreach (var ((x, y), share) in covered) Blend(x, y, colour, (int)Math.Round(share * Glyphs.FullCoverage));
    }

    public void Grid(int left, int top, int side, Colour[,] squares)
    {
        for (var row = 0; row < squares.GetLength(0); row++)
        {
            for (var column = 0; column < squares.GetLength(1); column++) Fill(left + column * side, top + row * side, side, side, squares[row, column]);
        }
    }

    private static void Cover(Dictionary<(int X, int Y), double> covered, (double X, double Y) from, (double X, double Y) to, double radius)
    {
        var (dx, dy) = (to.X - from.X, to.Y - from.Y);
        var squared = dx * dx + dy * dy;
        for (var y = (int)Math.Floor(Math.Min(from.Y, to.Y) - radius - 1); y <= Math.Max(from.Y, to.Y) + radius + 1; y++)
        {
            for (var x = (int)Math.Floor(Math.Min(from.X, to.X) - radius - 1); x <= Math.Max(from.X, to.X) + radius + 1; x++)
            {
                // The pixel's middle, and the point of the segment that is nearest to it.
                var (px, py) = (x + 0.5 - from.X, y + 0.5 - from.Y);
                var along = squared == 0 ? 0 : Math.Clamp((px * dx + py * dy) / squared, 0, 1);
                var distance = Math.Sqrt(Math.Pow(px - along * dx, 2) + Math.Pow(py - along * dy, 2));
                var share = Math.Clamp(radius + 0.5 - distance, 0, 1);
                if (share > 0 && share > covered.GetValueOrDefault((x, y))) covered[(x, y)] = share;
            }
        }
    }

    private static IEnumerable<((double X, double Y) From, (double X, double Y) To)> Dashes(IReadOnlyList<(double X, double Y)> points, double dash)
    {
        var walked = 0.0; // along the line, modulo a dash and its gap
        foreach (var (from, to) in points.Zip(points.Skip(1)))
        {
            var length = Math.Sqrt(Math.Pow(to.X - from.X, 2) + Math.Pow(to.Y - from.Y, 2));
            for (var at = 0.0; at < length;)
            {
                var step = Math.Min(length - at, dash - walked % dash);
                if (walked < dash) yield return (Point(at / length), Point((at + step) / length));
                at += step;
                walked = (walked + step) % (2 * dash);
            }

            (double X, double Y) Point(double share) => (from.X + share * (to.X - from.X), from.Y + share * (to.Y - from.Y));
        }
    }

    /// <summary>Pixels of the text that come before its anchor.</summary>
    private static int Before(string text, Anchor anchor) => anchor switch
    {
        Anchor.Start => 0,
        Anchor.Middle => text.Length * Glyphs.Width / 2,
        Anchor.End => text.Length * Glyphs.Width,
        _ => throw new ArgumentOutOfRangeException(nameof(anchor)),
    };

    private void Blend(int x, int y, Colour colour, int coverage)
    {
        if (coverage == 0 || x < 0 || y < 0 || x >= _width || y >= _height) return;
        var pixel = _pixels.AsSpan((y * _width + x) * Channels, Channels);
        pixel[0] = Mix(pixel[0], colour.Red);
        pixel[1] = Mix(pixel[1], colour.Green);
        pixel[2] = Mix(pixel[2], colour.Blue);

        byte Mix(byte below, byte above) => (byte)(below + (above - below) * coverage / Glyphs.FullCoverage);
    }
}
