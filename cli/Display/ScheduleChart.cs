using System.Globalization;
using System.Security;
using System.Text;
using Inception.Distributed.Cli.Pictures;

namespace Inception.Distributed.Cli.Display;

/// <summary>Learning rates over epochs as an SVG picture.</summary>
internal static class ScheduleChart
{
    private const double Width = 760, Height = 400, Left = 72, Right = 24, Bottom = 56, LegendLine = 22;
    private const int TicksWanted = 6;

    // Okabe and Ito's colours, which the colour-blind tell apart; the dashes tell them apart in print.
    private static readonly (string Colour, string Dash)[] Strokes =
    [
        ("#0072B2", "none"), ("#D55E00", "none"), ("#009E73", "none"), ("#CC79A7", "none"), ("#000000", "none"),
        ("#0072B2", "6 3"), ("#D55E00", "6 3"), ("#009E73", "6 3"), ("#CC79A7", "6 3"), ("#000000", "6 3"),
    ];

    public static string Draw(IReadOnlyList<ScheduleCurve> curves)
    {
        var (epochs, highest) = (curves.Max(curve => curve.Job.Schedule.Epochs), curves.Max(curve => curve.Schedule.Peak));
        var legend = Legend(curves);
        var top = 26 + LegendLine * (legend[^1].Line + 1);
        var epochTicks = Ticks.Linear(0, epochs, TicksWanted);
        var rateTicks = Ticks.Linear(0, highest * 1.02, TicksWanted);
        double X(double epoch) => Left + (Width - Left - Right) * epoch / epochs;
        double Y(double rate) => Height - Bottom - (Height - top - Bottom) * rate / Math.Max(rateTicks[^1], highest * 1.02);

        var svg = new StringBuilder();
        svg.Append(Text($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"13\" fill=\"#222\">\n"));
        svg.Append(Text($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>\n"));
        foreach (var tick in rateTicks)
        {
            svg.Append(Text($"<path d=\"M{Left} {Y(tick):0.##}H{Width - Right}\" stroke=\"#e4e4e4\"/>"));
            svg.Append(Text($"<text x=\"{Left - 8}\" y=\"{Y(tick) + 4.5:0.##}\" text-anchor=\"end\">{tick:0.######}</text>\n"));
        }
        foreach (var tick in epochTicks)
        {
            svg.Append(Text($"<path d=\"M{X(tick):0.##} {Height - Bottom}v5\" stroke=\"#222\"/>"));
            svg.Append(Text($"<text x=\"{X(tick):0.##}\" y=\"{Height - Bottom + 20}\" text-anchor=\"middle\">{tick:0.######}</text>\n"));
        }
        svg.Append(Text($"<path d=\"M{Left} {top}V{Height - Bottom}H{Width - Right}\" fill=\"none\" stroke=\"#222\"/>\n"));
        svg.Append(Text($"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 12}\" text-anchor=\"middle\">epoch</text>\n"));
        svg.Append(Text($"<text transform=\"translate(18 {(top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">learning rate</text>\n"));

        for (var index = 0; index < curves.Count; index++)
        {
            var (curve, (colour, dash), (x, line)) = (curves[index], Strokes[index % Strokes.Length], legend[index]);
            var points = curve.Points.Select((point, at) => Text($"{(at == 0 ? 'M' : 'L')}{X(point.Epoch):0.##} {Y(point.Rate):0.##}"));
            var stroke = $"stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"";
            svg.Append(Text($"<path d=\"{string.Concat(points)}\" fill=\"none\" {stroke} stroke-linejoin=\"round\"/>\n"));
            svg.Append(Text($"<path d=\"M{x:0.##} {22 + line * LegendLine}h26\" {stroke}/>"));
            svg.Append(Text($"<text x=\"{x + 32:0.##}\" y=\"{26.5 + line * LegendLine}\">{SecurityElement.Escape(curve.Job.Name)}</text>\n"));
        }
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Where each curve's name goes, in as many lines as they take.</summary>
    private static List<(double X, int Line)> Legend(IReadOnlyList<ScheduleCurve> curves)
    {
        var places = new List<(double X, int Line)>();
        var (x, line) = (Left, 0);
        foreach (var curve in curves)
        {
            // Helvetica's letters are about half as wide as high.
            var width = 32 + 6.6 * curve.Job.Name.Length;
            if (x > Left && x + width > Width - Right) (x, line) = (Left, line + 1);
            places.Add((x, line));
            x += width + 24;
        }
        return places;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
