using System.Globalization;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Cli.Pictures;
using Inception.Distributed.Evaluation;

namespace Inception.Distributed.Cli.Evaluation;

/// <summary>
/// A confusion matrix as a picture: a row for each true class, a column for each predicted one, the square's colour the fraction of the
/// row. Few classes get their names and counts, many get numbered ticks.
/// </summary>
internal sealed class ConfusionPicture
{
    private const int Gap = 12;
    private const int TickLength = 8;
    private const int LongestName = 24;
    private const int BarWidth = 24;
    private const int BarLabels = 6 * Glyphs.Width;

    // On the scale of the root, on which one image in a hundred is a tenth of the way up: confusions are small beside the diagonal.
    private static readonly double[] BarFractions = [0, 0.01, 0.1, 0.25, 0.5, 1];
    private static readonly Colour NoImages = new(230, 230, 230);
    private static readonly (double At, Colour Colour)[] Scale =
        [(0, Colour.White), (0.25, new Colour(198, 219, 239)), (0.6, new Colour(66, 146, 198)), (1, new Colour(8, 48, 107))];

    private readonly EvaluationFigures _figures;
    private readonly int _side;
    private readonly string[] _labels;
    private readonly int _labelStep;
    private readonly int _left;
    private readonly int _top;

    public ConfusionPicture(EvaluationFigures figures, ClassNames names)
    {
        _figures = figures;
        _side = SideOf(figures.Classes);
        _labelStep = StepOf(_side);
        _labels = [.. Enumerable.Range(0, figures.Classes).Select(label => Shorten(_labelStep == 1 ? names[label] : Number(label)))];
        _left = 3 * Gap + Glyphs.Height + LabelLength;
        _top = 2 * Gap + Glyphs.Height;
    }

    private int Extent => _figures.Classes * _side;

    private int LabelLength => _labels.Max(label => label.Length) * Glyphs.Width + TickLength;

    private int Width => Math.Max(_left + Extent + 2 * Gap + BarWidth + Gap + BarLabels, _left + Headline.Length * Glyphs.Width + Gap);

    private int Height => _top + Extent + LabelLength + Glyphs.Height + 4 * Gap;

    private string Headline =>
        $"top-1 {Format.Percent(_figures.Top1)}, top-5 {Format.Percent(_figures.Top5)}, {Format.Count(_figures.Images, "image")}";

    public byte[] ToPng()
    {
        var canvas = new RasterCanvas(Width, Height);
        Draw(canvas);
        return canvas.ToPng();
    }

    public string ToSvg()
    {
        var canvas = new SvgCanvas(Width, Height);
        Draw(canvas);
        return canvas.Finish();
    }

    private void Draw(ICanvas canvas)
    {
        canvas.Text(_left, Gap + Glyphs.Height / 2, Headline, Anchor.Start, Colour.Black);
        canvas.Fill(_left - 1, _top - 1, Extent + 2, Extent + 2, Colour.Black);
        canvas.Grid(_left, _top, _side, Squares());
        DrawCounts(canvas);
        DrawAxes(canvas);
        DrawBar(canvas);
    }

    private Colour[,] Squares()
    {
        var squares = new Colour[_figures.Classes, _figures.Classes];
        for (var label = 0; label < _figures.Classes; label++)
        {
            var images = _figures.PerClass[label].Images;
            for (var predicted = 0; predicted < _figures.Classes; predicted++)
                squares[label, predicted] = images == 0 ? NoImages : ColourOf((double)_figures.Confusion(label, predicted) / images);
        }

        return squares;
    }

    /// <summary>Counts, where every one of them fits into its square.</summary>
    private void DrawCounts(ICanvas canvas)
    {
        var longest = Number(_figures.PerClass.Max(figure => figure.Images)).Length * Glyphs.Width;
        if (longest > _side - 4 || Glyphs.Height > _side) return;
        for (var label = 0; label < _figures.Classes; label++)
        {
            for (var predicted = 0; predicted < _figures.Classes; predicted++)
            {
                if (_figures.Confusion(label, predicted) is not (> 0 and var count)) continue;
                var isDark = Math.Sqrt((double)count / _figures.PerClass[label].Images) > 0.5;
                canvas.Text(Centre(_left, predicted), Centre(_top, label), Number(count), Anchor.Middle, isDark ? Colour.White : Colour.Black);
            }
        }
    }

    private void DrawAxes(ICanvas canvas)
    {
        for (var label = 0; label < _figures.Classes; label += _labelStep)
        {
            if (_labelStep > 1)
            {
                canvas.Fill(_left - TickLength, Centre(_top, label), TickLength, 1, Colour.Black);
                canvas.Fill(Centre(_left, label), _top + Extent, 1, TickLength, Colour.Black);
            }

            canvas.Text(_left - TickLength - 2, Centre(_top, label), _labels[label], Anchor.End, Colour.Black);
            canvas.Text(Centre(_left, label), _top + Extent + TickLength + 2, _labels[label], Anchor.End, Colour.Black, vertical: true);
        }

        canvas.Text(Gap + Glyphs.Height / 2, _top + Extent / 2, "true class", Anchor.Middle, Colour.Black, vertical: true);
        canvas.Text(_left + Extent / 2, _top + Extent + LabelLength + 2 * Gap + Glyphs.Height / 2, "predicted class", Anchor.Middle, Colour.Black);
    }

    private void DrawBar(ICanvas canvas)
    {
        var left = _left + Extent + 2 * Gap;
        canvas.Fill(left - 1, _top - 1, BarWidth + 2, Extent + 2, Colour.Black);
        for (var y = 0; y < Extent; y++) canvas.Fill(left, _top + y, BarWidth, 1, At(1 - (y + 0.5) / Extent));
        foreach (var fraction in BarFractions)
        {
            var y = _top + (int)Math.Round(Extent * (1 - Math.Sqrt(fraction)));
            canvas.Fill(left + BarWidth, y, TickLength / 2, 1, Colour.Black);
            canvas.Text(left + BarWidth + TickLength, y, Format.Text($"{100 * fraction:0} %"), Anchor.Start, Colour.Black);
        }
    }

    private int Centre(int start, int label) => start + label * _side + _side / 2;

    private static int SideOf(int classes) => classes switch
    {
        <= 12 => 72,
        <= 24 => 54,
        <= 60 => 26,
        _ => Math.Max(1, 1200 / classes),
    };

    /// <summary>Every class where its label fits, else 5, 10, 20, 50, 100 … so that ticks stand at least 60 pixels apart.</summary>
    private static int StepOf(int side)
    {
        if (side >= Glyphs.Height) return 1;
        for (var ten = 5; ; ten *= 10)
        {
            foreach (var step in new[] { ten, 2 * ten, 4 * ten })
            {
                if (step * side >= 60) return step;
            }
        }
    }

    private static Colour ColourOf(double fraction) => At(Math.Sqrt(fraction));

    private static Colour At(double place)
    {
        var upper = Math.Max(1, Array.FindIndex(Scale, step => step.At >= place));
        var (below, above) = (Scale[upper - 1], Scale[upper]);
        var share = (place - below.At) / (above.At - below.At);
        return new Colour(Mix(below.Colour.Red, above.Colour.Red), Mix(below.Colour.Green, above.Colour.Green), Mix(below.Colour.Blue, above.Colour.Blue));

        byte Mix(byte from, byte to) => (byte)Math.Round(from + (to - from) * share);
    }

    private static string Shorten(string name) => name.Length <= LongestName ? name : name[..(LongestName - 1)] + "~";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
