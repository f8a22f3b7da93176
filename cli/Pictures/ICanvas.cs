namespace Inception.Distributed.Cli.Pictures;

internal readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    public static Colour White { get; } = new(255, 255, 255);

    public static Colour Black { get; } = new(20, 20, 20);

    /// <summary>Nearer to white.</summary>
    /// <param name="share">Of white, 0 to 1.</param>
    public Colour Lighter(double share)
    {
        return new Colour(Mix(Red), Mix(Green), Mix(Blue));

        byte Mix(byte value) => (byte)Math.Round(value + (byte.MaxValue - value) * share);
    }
}

/// <summary>Which end of a text lies at its point; vertical text reads upwards, so its start is below.</summary>
internal enum Anchor { Start, Middle, End }

/// <summary>What pictures are drawn on: white, in pixels from the top left. Text is of one size and fixed width.</summary>
internal interface ICanvas
{
    void Fill(int left, int top, int width, int height, Colour colour);

    /// <param name="x">Of the anchor; of vertical text, of its middle line.</param>
    /// <param name="y">Of horizontal text's middle line; of vertical text, of the anchor.</param>
    void Text(int x, int y, string text, Anchor anchor, Colour colour, bool vertical = false);

    /// <summary>A smoothed line through the points, with round joints.</summary>
    /// <param name="dash">Length of the dashes and of the gaps between them; 0: drawn through.</param>
    void Line(IReadOnlyList<(double X, double Y)> points, Colour colour, double width, double dash = 0);

    /// <summary>A grid of squares of <paramref name="side"/> pixels: rows from the top, one colour a square.</summary>
    void Grid(int left, int top, int side, Colour[,] squares);
}
