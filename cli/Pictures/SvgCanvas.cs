using System.Globalization;
using System.Security;
using System.Text;

namespace Inception.Distributed.Cli.Pictures;

/// <summary>Draws shapes, for SVG files.</summary>
internal sealed class SvgCanvas : ICanvas
{
    /// <summary>A grid with more squares than this goes in as a PNG picture, scaled without smoothing.</summary>
    private const int MostSquares = 10_000;

    // From a text's middle line to the line that its letters stand on.
    private const int Baseline = 7;

    private readonly StringBuilder _svg = new();

    public SvgCanvas(int width, int height)
    {
        Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" ");
        Append($"font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"20\">\n");
        Fill(0, 0, width, height, Colour.White);
    }

    /// <summary>The file's text; nothing can be drawn after it.</summary>
    public string Finish() => _svg.Append("</svg>\n").ToString();

    public void Fill(int left, int top, int width, int height, Colour colour) =>
        Append($"<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"{Hex(colour)}\" shape-rendering=\"crispEdges\"/>\n");

    public void Text(int x, int y, string text, Anchor anchor, Colour colour, bool vertical = false)
    {
        var place = vertical
            ? Format($"transform=\"translate({x + Baseline} {y}) rotate(-90)\"")
            : Format($"x=\"{x}\" y=\"{y + Baseline}\"");
        Append($"<text {place} text-anchor=\"{anchor.ToString().ToLowerInvariant()}\" fill=\"{Hex(colour)}\">{SecurityElement.Escape(text)}</text>\n");
    }

    public void Line(IReadOnlyList<(double X, double Y)> points, Colour colour, double width, double dash = 0)
    {
        if (points.Count == 0) return;
        Append($"<polyline fill=\"none\" stroke=\"{Hex(colour)}\" stroke-width=\"{width:0.##}\" stroke-linejoin=\"round\" stroke-linecap=\"{(dash > 0 ? "butt" : "round")}\" ");
        if (dash > 0) Append($"stroke-dasharray=\"{dash:0.##}\" ");
        Append($"points=\"{string.Join(' ', points.Select(point => Format($"{point.X:0.#},{point.Y:0.#}")))}\"/>\n");
    }

    public void Grid(int left, int top, int side, Colour[,] squares)
    {
        var (rows, columns) = (squares.GetLength(0), squares.GetLength(1));
        if (rows * columns > MostSquares)
        {
            var raster = new RasterCanvas(columns, rows);
            raster.Grid(0, 0, 1, squares);
            var picture = Convert.ToBase64String(raster.ToPng());
            Append($"<image x=\"{left}\" y=\"{top}\" width=\"{columns * side}\" height=\"{rows * side}\" style=\"image-rendering:pixelated\" ");
            Append($"href=\"data:image/png;base64,{picture}\"/>\n");
            return;
        }

        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++) Fill(left + column * side, top + row * side, side, side, squares[row, column]);
        }
    }

    private void Append(FormattableString text) => _svg.Append(Format(text));

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Hex(Colour colour) => $"#{colour.Red:x2}{colour.Green:x2}{colour.Blue:x2}";
}
