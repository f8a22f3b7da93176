using Inception.Distributed.Cli.Pictures;

namespace Inception.Distributed.Cli.Plots;

/// <summary>One frame of a plot.</summary>
/// <param name="Title">With the unit.</param>
/// <param name="IsLogarithmic">Only positive figures are drawn then.</param>
/// <param name="Label">How a figure of the vertical axis is written.</param>
internal sealed record Panel(string Title, bool IsLogarithmic, Func<double, string> Label, IReadOnlyList<Curve> Curves)
{
    // The frame holds all but the wildest of a curve's points: the first steps' losses would flatten the rest.
    private const double Quantile = 0.998;

    /// <summary>The vertical axis' ends.</summary>
    public (double Low, double High) Range
    {
        get
        {
            var all = Curves.SelectMany(curve => curve.Points.Select(point => point.Y)).Where(y => !IsLogarithmic || y > 0).Order().ToArray();
            if (all.Length == 0) return IsLogarithmic ? (0.1, 1) : (0, 1);
            var (low, high) = (all[0], all[(int)Math.Ceiling(Quantile * (all.Length - 1))]);
            if (IsLogarithmic) return high > low * 1.01 ? (low / 1.05, high * 1.05) : (low / 2, low * 2);
            var margin = high > low ? (high - low) * 0.05 : Math.Max(Math.Abs(low) * 0.1, 1e-9);
            // Figures that can't be negative, and come near to 0, stand on it.
            return (low >= 0 && low < (high - low) * 0.5 ? 0 : low - margin, high + margin);
        }
    }

    public double[] TicksOf((double Low, double High) range) =>
        IsLogarithmic ? Ticks.Logarithmic(range.Low, range.High) : Ticks.Linear(range.Low, range.High, 6);

    /// <summary>Where a figure lies in the frame: 0 at the bottom, 1 at the top; outside it, at its edge.</summary>
    public double Height(double value, (double Low, double High) range) => Math.Clamp(
        IsLogarithmic ? Math.Log(Math.Max(value, range.Low) / range.Low) / Math.Log(range.High / range.Low) : (value - range.Low) / (range.High - range.Low), 0, 1);
}
