namespace Inception.Distributed.Cli.Pictures;

internal readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    public static Colour White { get; } = new(255, 255, 255);

    public static Colour Black { get; } = new(20, 20, 20);
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

    /// <summary>A grid of squares of <paramref name="side"/> pixels: rows from the top, one colour a square.</summary>
    void Grid(int left, int top, int side, Colour[,] squares);
}
