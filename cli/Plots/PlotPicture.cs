using Inception.Distributed.Cli.Display;
using Inception.Distributed.Cli.Pictures;
using Inception.Distributed.Coordinator.History;

namespace Inception.Distributed.Cli.Plots;

/// <summary>Runs as panels above one another, over one horizontal axis. Of a single run, its generations are shaded by turns and say their workers.</summary>
internal sealed class PlotPicture
{
    private const int Width = 1600, FrameHeight = 340, Left = 132, Right = 28, Top = 60, Caption = 46, Bottom = 76, TickLength = 8;
    private static readonly Colour GridLine = new(226, 226, 226), Shade = new(241, 244, 248), Quiet = new(110, 110, 110);

    private readonly IReadOnlyList<(string Name, RunHistory History)> _runs;
    private readonly PlotOptions _options;
    private readonly IReadOnlyList<Panel> _panels;
    private readonly (double From, double To) _x;

    /// <param name="runs">At least one.</param>
    public PlotPicture(IReadOnlyList<(string Name, RunHistory History)> runs, PlotOptions options)
    {
        (_runs, _options) = (runs, options);
        var panels = new Panels(runs, options);
        _panels = [.. options.Panels.Select(panels.Of)];
        var ends = runs.SelectMany(run => new[] { run.History.Steps[0], run.History.Steps[^1] }).Select(step => panels.X(step.Step, step.Epoch)).ToList();
        // A run that began at its beginning is shown from there: its first step ends a little after 0.
        var from = ends.Min() < 0.02 * ends.Max() ? 0 : ends.Min();
        _x = ends.Max() > from ? (from, ends.Max()) : (from - 0.5, from + 0.5);
    }

    private int Height => Top + _panels.Count * (FrameHeight + Caption) - Caption + Bottom;

    public string ToSvg()
    {
        var canvas = new SvgCanvas(Width, Height);
        Draw(canvas);
        return canvas.Finish();
    }

    public byte[] ToPng()
    {
        var canvas = new RasterCanvas(Width, Height);
        Draw(canvas);
        return canvas.ToPng();
    }

    private void Draw(ICanvas canvas)
    {
        for (var index = 0; index < _panels.Count; index++) Draw(canvas, _panels[index], Top + index * (FrameHeight + Caption), isFirst: index == 0);
        canvas.Text((Left + Width - Right) / 2, Height - 20, _options.BySteps ? "step" : "epoch", Anchor.Middle, Colour.Black);
    }

    private void Draw(ICanvas canvas, Panel panel, int top, bool isFirst)
    {
        var range = panel.Range;
        if (_runs.Count == 1) ShadeGenerations(canvas, top, isFirst);
        foreach (var tick in panel.TicksOf(range))
        {
            var y = Y(tick);
            canvas.Line([(Left, y), (Width - Right, y)], GridLine, 1);
            canvas.Text(Left - TickLength - 4, (int)y, panel.Label(tick), Anchor.End, Colour.Black);
        }
        foreach (var tick in Ticks.Linear(_x.From, _x.To, 10))
        {
            canvas.Line([(X(tick), top + FrameHeight), (X(tick), top + FrameHeight + TickLength)], Colour.Black, 1);
            if (top + FrameHeight + Bottom == Height)
                canvas.Text((int)X(tick), top + FrameHeight + TickLength + 16, Format.Text($"{tick:0.####}"), Anchor.Middle, Colour.Black);
        }
        foreach (var curve in panel.Curves)
        {
            var points = curve.Points.Where(point => !panel.IsLogarithmic || point.Y > 0).Select(point => (X(point.X), Y(point.Y))).ToList();
            // One evaluation is a dash, not nothing.
            if (points.Count == 1) points = [(points[0].Item1 - 6, points[0].Item2), (points[0].Item1 + 6, points[0].Item2)];
            canvas.Line(points, curve.Colour, curve.Width, curve.Dashed ? 10 : 0);
        }
        canvas.Line([(Left, top), (Left, top + FrameHeight), (Width - Right, top + FrameHeight)], Colour.Black, 1.5);
        Legend(canvas, panel, top - Caption / 2);

        double Y(double value) => top + FrameHeight * (1 - panel.Height(value, range));
    }

    private double X(double value) => Left + (Width - Left - Right) * (value - _x.From) / (_x.To - _x.From);

    private static void Legend(ICanvas canvas, Panel panel, int y)
    {
        canvas.Text(Left, y, panel.Title, Anchor.Start, Colour.Black);
        var x = Left + (panel.Title.Length + 3) * Glyphs.Width;
        foreach (var curve in panel.Curves.Where(curve => curve.Name != ""))
        {
            canvas.Line([(x, y), (x + 36, y)], curve.Colour, curve.Width, curve.Dashed ? 10 : 0);
            canvas.Text(x + 44, y, curve.Name, Anchor.Start, Colour.Black);
            x += 44 + (curve.Name.Length + 2) * Glyphs.Width;
        }
    }

    private void ShadeGenerations(ICanvas canvas, int top, bool isNamed)
    {
        var bands = GenerationBands.Of(_runs[0].History, _options.BySteps);
        if (bands.Count < 2) return;
        for (var index = 0; index < bands.Count; index++)
        {
            var (left, right) = ((int)Math.Round(X(Math.Max(bands[index].From, _x.From))), (int)Math.Round(X(Math.Min(bands[index].To, _x.To))));
            if (index % 2 == 1) canvas.Fill(left, top, Math.Max(1, right - left), FrameHeight, Shade);
            var name = Format.Count(bands[index].Workers, "worker");
            if (isNamed && right - left > (name.Length + 1) * Glyphs.Width) canvas.Text((left + right) / 2, top + 14, name, Anchor.Middle, Quiet);
        }
    }
}
