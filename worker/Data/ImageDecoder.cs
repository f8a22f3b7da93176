using Inception.Distributed.Jobs;
using Inception.Distributed.Torch;

namespace Inception.Distributed.Worker.Data;

/// <summary>Samples' pixels, whatever their source keeps. A corrupt sample is a result, not an exception. One thread at a time.</summary>
/// <param name="scaleDown">Decode large JPEG files at a half, a quarter or an eighth where the target needs no more.</param>
internal sealed class ImageDecoder(DataSpec spec, bool scaleDown)
{
    private readonly ByteBuffer _pixels = new();
    private readonly ByteBuffer _upright = new();

    /// <summary>Height and width, from a file's first bytes.</summary>
    /// <param name="header">For <see cref="Decode"/>.</param>
    /// <returns>Null, or what is wrong with the sample.</returns>
    public string? Measure(StoredImage image, out ImageHeader header)
    {
        if (!image.IsFile)
        {
            header = new ImageHeader(default, image.Height, image.Width, Orientation: 1);
            return null;
        }

        if (ImageFile.ReadHeader(image.Bytes, out header) is { } problem)
        {
            return problem;
        }

        var orientation = spec.HonourOrientation ? header.Orientation : 1;
        header = header with { Orientation = orientation };
        return (long)header.Height * header.Width <= spec.MaxPixels
            ? null
            : $"its header promises {header.Width} × {header.Height} pixels, more than data.maxPixels ({spec.MaxPixels})";
    }

    /// <summary>The size that windows are chosen in: as the picture is seen.</summary>
    public static (int Height, int Width) SizeOf(ImageHeader header) =>
        Orientations.Transposes(header.Orientation) ? (header.Width, header.Height) : (header.Height, header.Width);

    /// <summary>Decodes what the window needs; valid until the next call.</summary>
    /// <param name="header">From <see cref="Measure"/>.</param>
    /// <param name="target">Height and width that the window will be scaled to.</param>
    /// <returns>Null, or what is wrong with the sample.</returns>
    public string? Decode(StoredImage image, ImageHeader header, CropWindow window, int target, out DecodedImage decoded)
    {
        if (!image.IsFile)
        {
            decoded = new DecodedImage(image.Bytes, 0, 0, image.Height, image.Width, image.Channels, denominator: 1);
            return null;
        }

        decoded = default;
        var denominator = DenominatorFor(header, window, target);
        // A turned picture is rare: it is decoded whole.
        var wanted = header.Orientation == 1 ? Inside(window, header) : new ImagePart(0, 0, header.Height, header.Width);
        var pixels = _pixels.Reserve(checked((int)(ImageFile.Capacity(header, wanted, denominator) + DecodedImage.Slack)));
        if (ImageFile.Decode(image.Bytes, wanted, denominator, pixels, out var part) is { } problem)
        {
            return problem;
        }

        var whole = pixels[..(part.Height * part.Width * ImageFile.BytesPerPixel + DecodedImage.Slack)];
        decoded = header.Orientation == 1
            ? new DecodedImage(whole, part.Top, part.Left, part.Height, part.Width, ImageFile.BytesPerPixel, denominator)
            : Orientations.MakeUpright(whole, part.Height, part.Width, header.Orientation, denominator, _upright);
        return null;
    }

    /// <summary>The largest that leaves the window no smaller than the target.</summary>
    private int DenominatorFor(ImageHeader header, CropWindow window, int target)
    {
        if (!scaleDown || !spec.DctScaling || header.Format != ImageFormat.Jpeg) return 1;
        var denominator = 8;
        while (denominator > 1 && Math.Min(window.Height, window.Width) < denominator * target) denominator /= 2;
        return denominator;
    }

    /// <summary>What of the window lies in the picture; a pixel of it where nothing does.</summary>
    private static ImagePart Inside(CropWindow window, ImageHeader header)
    {
        var top = Math.Clamp(window.Top, 0, header.Height - 1);
        var left = Math.Clamp(window.Left, 0, header.Width - 1);
        var bottom = Math.Clamp(window.Top + window.Height, top + 1, header.Height);
        var right = Math.Clamp(window.Left + window.Width, left + 1, header.Width);
        return new ImagePart(top, left, bottom - top, right - left);
    }
}
