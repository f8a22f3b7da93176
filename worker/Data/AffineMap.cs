using System.Runtime.InteropServices;

namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Moves the pixels of a square RGB picture: where the output's pixel (x, y) comes from is (Xx·x + Xy·y + X, Yx·x + Yy·y + Y), with half-pixel
/// centres. The nearest pixel is taken, what comes from outside is black. In 16 bits behind the point, as Pillow, whose bits these are.
/// </summary>
internal readonly record struct AffineMap(double Xx, double Xy, double X, double Yx, double Yy, double Y)
{
    private const int Channels = 3;
    private const int FractionBits = 16;

    /// <summary>Rows move to the right by <paramref name="slope"/> pixels a row, from the top one on.</summary>
    public static AffineMap ShearX(double slope) => new(1, slope, 0, 0, 1, 0);

    /// <summary>Columns move down by <paramref name="slope"/> pixels a column, from the left one on.</summary>
    public static AffineMap ShearY(double slope) => new(1, 0, 0, slope, 1, 0);

    public static AffineMap Shift(int right, int down) => new(1, 0, -right, 0, 1, -down);

    /// <summary>Anticlockwise about the centre of a picture with sides of <paramref name="size"/> pixels.</summary>
    /// <param name="degrees">−30 to 30.</param>
    public static AffineMap Rotate(double degrees, int size)
    {
        var (sin, cos) = SinCos(-degrees * Math.PI / 180);
        var centre = size / 2.0;
        return new AffineMap(cos, sin, centre - centre * cos - centre * sin, -sin, cos, centre + centre * sin - centre * cos);
    }

    /// <param name="from">size · size pixels.</param>
    /// <param name="to">Another size · size pixels.</param>
    public void Apply(ReadOnlySpan<byte> from, int size, Span<byte> to)
    {
        var (columnX, columnY) = (Fixed(Xx), Fixed(Yx));
        var (rowX, rowY) = (Fixed(Xy), Fixed(Yy));
        var (startX, startY) = (Fixed(X + Xx * 0.5 + Xy * 0.5), Fixed(Y + Yx * 0.5 + Yy * 0.5));
        var source = MemoryMarshal.Cast<byte, Pixel>(from);
        var target = MemoryMarshal.Cast<byte, Pixel>(to);
        for (var row = 0; row < size; row++, startX += rowX, startY += rowY)
        {
            var (x, y) = (startX, startY);
            foreach (ref var pixel in target.Slice(row * size, size))
            {
                var (column, line) = (x >> FractionBits, y >> FractionBits);
                pixel = (uint)column < (uint)size && (uint)line < (uint)size ? source[line * size + column] : default;
                (x, y) = (x + columnX, y + columnY);
            }
        }
    }

    private static int Fixed(double value) => (int)Math.Floor(value * (1 << FractionBits) + 0.5);

    // By their series, to the last place or so: a library's last bit is its own affair, and this must be every machine's.
    private static (double Sin, double Cos) SinCos(double angle)
    {
        var (sin, cos, term) = (0.0, 0.0, 1.0);
        for (var power = 0; power < 20; power++)
        {
            if (power % 2 == 0) cos += power % 4 == 0 ? term : -term;
            else sin += power % 4 == 1 ? term : -term;
            term *= angle / (power + 1);
        }

        return (sin, cos);
    }

    [StructLayout(LayoutKind.Sequential, Size = Channels)]
    private readonly record struct Pixel(byte Red, byte Green, byte Blue);
}
