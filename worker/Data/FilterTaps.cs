namespace Inception.Distributed.Worker.Data;

/// <summary>How the source places around an output place are weighed.</summary>
/// <remarks>Pillow's filters of these names: a triangle of radius 1, and Keys' cubic with a = −½ and radius 2.</remarks>
internal enum FilterKind { Bilinear, Bicubic }

/// <summary>
/// The source places that make each output place along one axis, and their weights: the filter is widened by the scale where the picture
/// shrinks, so that it smooths. Weights are whole numbers of 2⁻²², rounded as Pillow rounds them, so that what follows is exact and gives
/// Pillow's bits. Kept from image to image while the geometry stays.
/// </summary>
internal sealed class FilterTaps(int outputLength, FilterKind filter)
{
    public const int WeightBits = 22;

    /// <summary>A weight w is High(w) · 2⁸ + Low(w), both of which fit the 16-bit factors of vector instructions.</summary>
    public const int LowBits = 8;

    private (double Start, double Length, int Places, bool Mirrored) _geometry;
    private double[] _exact = [];

    /// <summary>Taps of one output place, a multiple of 4; those beyond the filter weigh 0.</summary>
    public int Count { get; private set; }

    /// <summary>The first source place of each output place.</summary>
    public int[] First { get; } = new int[outputLength];

    /// <summary><see cref="Count"/> weights for each output place.</summary>
    public int[] Weights { get; private set; } = [];

    public static short High(int weight) => (short)(weight >> LowBits);

    public static short Low(int weight) => (short)(weight & ((1 << LowBits) - 1));

    /// <param name="start">Where the source interval begins, in source places: 0, or a fraction of one.</param>
    /// <param name="length">Of the interval; need not be whole.</param>
    /// <param name="places">Source places that may be read: what lies outside is left out and the other weights grow.</param>
    /// <returns>False: nothing has changed since the last call.</returns>
    public bool Prepare(double start, double length, int places, bool mirrored)
    {
        if (_geometry == (start, length, places, mirrored))
        {
            return false;
        }

        _geometry = (start, length, places, mirrored);
        var scale = length / outputLength;
        var widening = Math.Max(scale, 1);
        var support = (filter == FilterKind.Bilinear ? 1 : 2) * widening;
        Count = ((int)Math.Ceiling(2 * support) + 3) / 4 * 4;
        Grow();
        for (var output = 0; output < outputLength; output++)
        {
            var centre = start + (output + 0.5) * scale;
            var from = Math.Max(0, (int)(centre - support + 0.5));
            var to = Math.Min(places, (int)(centre + support + 0.5));
            // Taps of no weight come first rather than last at the end of a row, so that nothing behind it is read.
            var first = Math.Max(0, Math.Min(from, places - Count));
            var slot = mirrored ? outputLength - 1 - output : output;
            First[slot] = first;
            var weights = Weights.AsSpan(slot * Count, Count);
            weights.Clear();
            Weigh(from - centre + 0.5, 1 / widening, weights[(from - first)..(to - first)]);
        }

        return true;
    }

    private void Grow()
    {
        if (Weights.Length < outputLength * Count)
        {
            Weights = new int[outputLength * Count];
            _exact = new double[Count];
        }
    }

    /// <param name="place">The first tap's, from the filter's middle.</param>
    private void Weigh(double place, double narrowing, Span<int> weights)
    {
        var exact = _exact.AsSpan(0, weights.Length);
        var sum = 0.0;
        for (var tap = 0; tap < exact.Length; tap++)
        {
            exact[tap] = Filter((tap + place) * narrowing);
            sum += exact[tap];
        }

        for (var tap = 0; tap < exact.Length; tap++)
        {
            var weight = exact[tap] / sum * (1 << WeightBits);
            weights[tap] = (int)(weight < 0 ? weight - 0.5 : weight + 0.5);
        }
    }

    private double Filter(double place)
    {
        const double A = -0.5;
        var x = Math.Abs(place);
        if (filter == FilterKind.Bilinear) return x < 1 ? 1 - x : 0;
        if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }
}
