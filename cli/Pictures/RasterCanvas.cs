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

    public void Grid(int left, int top, int side, Colour[,] squares)
    {
        for (var row = 0; row < squares.GetLength(0); row++)
        {
            for (var column = 0; column < squares.GetLength(1); column++) Fill(left + column * side, top + row * side, side, side, squares[row, column]);
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
