namespace Inception.Distributed.Coordinator.History;

/// <summary>Thins a curve out so that it looks the same.</summary>
public static class Downsampling
{
    /// <summary>
    /// Largest triangle three buckets (Steinarsson, "Downsampling Time Series for Visual Representation", 2013): of each bucket the point that spans the
    /// largest triangle with the point kept before it and the mean of the bucket after it. First and last stay.
    /// </summary>
    /// <param name="points">Ascending in X.</param>
    /// <param name="most">How many may be left, at least 3; a curve that has no more comes back as it is.</param>
    public static IReadOnlyList<(double X, double Y)> LargestTriangles(IReadOnlyList<(double X, double Y)> points, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 3);
        if (points.Count <= most) return points;
        var kept = new List<(double X, double Y)>(most) { points[0] };
        var buckets = most - 2;
        // The points between first and last, as evenly over the buckets as can be.
        int StartOf(int bucket) => 1 + (int)((points.Count - 2L) * bucket / buckets);
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            var (start, end) = (StartOf(bucket), StartOf(bucket + 1));
            var next = bucket + 1 < buckets ? Mean(points, end, StartOf(bucket + 2)) : points[^1];
            var (best, largest) = (start, -1.0);
            for (var index = start; index < end; index++)
            {
                var area = Math.Abs((kept[^1].X - next.X) * (points[index].Y - kept[^1].Y) - (kept[^1].X - points[index].X) * (next.Y - kept[^1].Y));
                if (area > largest) (best, largest) = (index, area);
            }
            kept.Add(points[best]);
        }
        kept.Add(points[^1]);
        return kept;
    }

    private static (double X, double Y) Mean(IReadOnlyList<(double X, double Y)> points, int start, int end)
    {
        var (x, y) = (0.0, 0.0);
        for (var index = start; index < end; index++) (x, y) = (x + points[index].X, y + points[index].Y);
        return (x / (end - start), y / (end - start));
    }
}
