namespace Inception.Distributed.Worker.Data;

/// <summary>EXIF's orientations: how a stored picture is turned or mirrored to be seen (TIFF 6.0, tag 274).</summary>
internal static class Orientations
{
    private const int BytesPerPixel = 4;

    /// <summary>Whether rows become columns.</summary>
    public static bool Transposes(int orientation) => orientation >= 5;

    /// <summary>The whole picture as it is seen, in <paramref name="upright"/>.</summary>
    /// <param name="pixels">The stored picture's RGBX bytes.</param>
    public static DecodedImage MakeUpright(ReadOnlySpan<byte> pixels, int height, int width, int orientation, int denominator, ByteBuffer upright)
    {
        var (rows, columns) = Transposes(orientation) ? (width, height) : (height, width);
        var turned = upright.Reserve(rows * columns * BytesPerPixel + DecodedImage.Slack);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var (y, x) = StoredPlace(orientation, row, column, height - 1, width - 1);
                pixels.Slice((y * width + x) * BytesPerPixel, BytesPerPixel).CopyTo(turned[((row * columns + column) * BytesPerPixel)..]);
            }
        }

        return new DecodedImage(turned, 0, 0, rows, columns, BytesPerPixel, denominator);
    }

    private static (int Row, int Column) StoredPlace(int orientation, int row, int column, int lastRow, int lastColumn) => orientation switch
    {
        2 => (row, lastColumn - column),
        3 => (lastRow - row, lastColumn - column),
        4 => (lastRow - row, column),
        5 => (column, row),
        6 => (lastRow - column, row),
        7 => (lastRow - column, lastColumn - row),
        8 => (column, lastColumn - row),
        _ => (row, column),
    };
}
