using Inception.Distributed.Cli.Pictures;
using Inception.Distributed.Coordinator.History;

namespace Inception.Distributed.Cli.Plots;

/// <summary>A line of a panel. A gap in the figures (a loss that was not finite) is bridged.</summary>
/// <param name="Name">For the legend; empty: not named there.</param>
/// <param name="Points">Ascending in X.</param>
internal sealed record Curve(string Name, Colour Colour, double Width, bool Dashed, IReadOnlyList<(double X, double Y)> Points)
{
    // More than a picture has columns, so that nothing is lost that could be seen.
    private const int MostPoints = 2000;

    public static Curve Of(string name, Colour colour, double width, bool dashed, IEnumerable<(double X, double? Y)> points) =>
        new(name, colour, width, dashed, Downsampling.LargestTriangles(
            [.. points.Where(point => point.Y is { } y && double.IsFinite(y)).Select(point => (point.X, point.Y!.Value))], MostPoints));

    /// <summary>
    /// Exponential mean of the figures with a time constant in points. It starts at the first ones' plain mean, not at 0: Kingma and Ba's bias correction
    /// ("Adam", section 3).
    /// </summary>
    public static IEnumerable<(double X, double? Y)> Smooth(IEnumerable<(double X, double? Y)> points, double constant)
    {
        var decay = constant > 0 ? Math.Exp(-1 / constant) : 0;
        var (mean, weight) = (0.0, 0.0);
        foreach (var (x, y) in points)
        {
            if (y is { } value && double.IsFinite(value)) (mean, weight) = (decay * mean + (1 - decay) * value, decay * weight + (1 - decay));
            yield return (x, weight > 0 ? mean / weight : null);
        }
    }
}
