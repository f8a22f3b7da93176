namespace Inception.Distributed.Worker.Data;

/// <summary>
/// The windows of one image whose predictions are averaged, as the papers cut them. Pure geometry in the image's own pixels: a paper's
/// "224 of an image whose shorter side is 256" is a window of 224/256 of the shorter side, resampled once. Each window comes twice, the
/// second time mirrored.
/// </summary>
/// <remarks>
/// 10: Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks" (2012), section 4.1: the four corners and the
/// centre of the central square, 224 of 256 pixels.
/// 144: Szegedy et al., "Going deeper with convolutions" (2014), section 7: the shorter side at 4 scales (256, 288, 320, 352); of each the
/// left, centre and right square (top, centre and bottom of upright images); of each square the four corners and the centre at 224, and
/// the whole square.
/// 12: "Rethinking the Inception Architecture" (2015), table 4, gives figures for 12 crops and does not say which; here they are those six
/// of section 7 above for its first scale and the central square.
/// </remarks>
public static class Crops
{
    private const double CropSide = 224;
    private static readonly double[] Scales = [256, 288, 320, 352];

    /// <param name="count">10, 12 or 144.</param>
    /// <param name="height">Of the image, in pixels.</param>
    /// <param name="width">Of the image, in pixels.</param>
    public static IReadOnlyList<CropWindow> Of(int count, int height, int width) => count switch
    {
        10 => [.. FiveOf(Centre(height, width), Scales[0]).SelectMany(BothWays)],
        12 => [.. SixOf(Centre(height, width), Scales[0]).SelectMany(BothWays)],
        144 => [.. Scales.SelectMany(scale => Squares(height, width).SelectMany(square => SixOf(square, scale))).SelectMany(BothWays)],
        _ => throw new ArgumentOutOfRangeException(nameof(count), count, "There are 10, 12 and 144 crops."),
    };

    private static Square Centre(int height, int width) => Squares(height, width)[1];

    /// <summary>Squares of the shorter side, at the start, the middle and the end of the longer one.</summary>
    private static Square[] Squares(int height, int width)
    {
        var side = Math.Min(height, width);
        var room = Math.Max(height, width) - side;
        return [.. new[] { 0, room / 2, room }.Select(start => height > width ? new Square(start, 0, side) : new Square(0, start, side))];
    }

    private static IEnumerable<CropWindow> FiveOf(Square square, double scale)
    {
        var side = Math.Max(1, (int)Math.Round(square.Side * CropSide / scale));
        var room = square.Side - side;
        (int Top, int Left)[] places = [(0, 0), (0, room), (room, 0), (room, room), (room / 2, room / 2)];
        return places.Select(place => new CropWindow(square.Top + place.Top, square.Left + place.Left, side, side, false));
    }

    private static IEnumerable<CropWindow> SixOf(Square square, double scale) =>
        FiveOf(square, scale).Append(new CropWindow(square.Top, square.Left, square.Side, square.Side, false));

    private static CropWindow[] BothWays(CropWindow window) => [window, window with { Mirrored = true }];

    private readonly record struct Square(int Top, int Left, int Side);
}
