using Inception.Distributed.Jobs;
using Inception.Distributed.Torch;

namespace Inception.Distributed.Worker.Data.Tools;

/// <summary>Whole pictures at any size, by the bicubic filter. One thread.</summary>
/// <param name="data">Its limits hold, and whether orientations are honoured.</param>
/// <param name="reserve">A JPEG is decoded at a smaller size where that still is this many times the target.</param>
public sealed class PictureScaler(DataSpec data, int reserve)
{
    private readonly ImageDecoder _decoder = new(data with { DctScaling = true }, scaleDown: true);
    private readonly ByteBuffer _pixels = new();
    private FilteredResizer _resizer = new(1, FilterKind.Bicubic);
    private (int Height, int Width) _size = (1, 1);

    /// <summary>The size that a picture is seen in.</summary>
    /// <param name="header">From <see cref="Measure"/>.</param>
    public static (int Height, int Width) SizeOf(ImageHeader header) => ImageDecoder.SizeOf(header);

    /// <returns>Null, or what is wrong with the sample.</returns>
    public string? Measure(StoredImage image, out ImageHeader header) => _decoder.Measure(image, out header);

    /// <param name="header">From <see cref="Measure"/>.</param>
    /// <param name="pixels">height · width · 3 bytes: row, column, RGB; valid until the next call.</param>
    /// <returns>Null, or what is wrong with the sample.</returns>
    public string? Scale(StoredImage image, ImageHeader header, int height, int width, out ReadOnlySpan<byte> pixels)
    {
        pixels = default;
        var (wholeHeight, wholeWidth) = ImageDecoder.SizeOf(header);
        var whole = CropWindow.Whole(wholeHeight, wholeWidth);
        if (_decoder.Decode(image, header, whole, Math.Min(height, width) * reserve, out var decoded) is { } problem) return problem;
        if (_size != (height, width)) (_resizer, _size) = (new FilteredResizer(height, width, FilterKind.Bicubic), (height, width));
        var scaled = _pixels.Reserve(height * width * 3);
        _resizer.Resize(decoded, whole, scaled);
        pixels = scaled;
        return null;
    }
}
