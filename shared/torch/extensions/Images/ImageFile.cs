using System.Runtime.InteropServices;
using Inception.Distributed.Torch.Native;

namespace Inception.Distributed.Torch;

public enum ImageFormat { Jpeg = 1, Png = 2, WebP = 3 }

/// <summary>inc_image_header of native/image/image.h: what stands before the pixels.</summary>
/// <param name="Height">In pixels, as stored: before <paramref name="Orientation"/> is honoured.</param>
/// <param name="Orientation">Of a JPEG's EXIF, 1 to 8; 1 where there is none or it can't be read.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ImageHeader(ImageFormat Format, int Height, int Width, int Orientation);

public enum ImageColour { Grey = 1, Rgb, Palette, Cmyk, Ycck }

/// <summary>inc_image_traits of native/image/image.h: what is of interest to who looks through a dataset, beside the header.</summary>
/// <param name="Bits">A channel, or an index into the palette.</param>
/// <param name="Transparent">1: alpha or a transparent colour.</param>
/// <param name="Scans">1: a progressive JPEG, an interlaced PNG.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ImageTraits(ImageColour Colour, int Bits, int Transparent, int Scans);

/// <summary>inc_image_part of native/image/image.h: a rectangle of a picture, in pixels of the size that it is decoded at.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ImagePart(int Top, int Left, int Height, int Width);

/// <summary>
/// Decodes JPEG, PNG and WebP files, told apart by their first bytes, to RGBX bytes: rows from the top, four bytes a pixel of which
/// the fourth means nothing. What becomes of grey, inks, alpha and 16 bits stands in native/image/image.h. That a file is no image
/// or a damaged one is a result, not an exception. For any thread.
/// </summary>
public static class ImageFile
{
    public const int BytesPerPixel = 4;

    // Columns that a JPEG's part may reach beyond the window, both sides together.
    private const int Margin = 128;

    /// <returns>Null, or what is wrong with the file.</returns>
    public static string? ReadHeader(ReadOnlySpan<byte> file, out ImageHeader header) =>
        Problem(ImageMethods.inc_image_read_header(file, file.Length, out header));

    /// <returns>Null, or what is wrong with the file.</returns>
    public static string? ReadTraits(ReadOnlySpan<byte> file, out ImageTraits traits) =>
        Problem(ImageMethods.inc_image_read_traits(file, file.Length, out traits));

    /// <summary>Bytes that <see cref="Decode"/> may need.</summary>
    public static long Capacity(ImageHeader header, ImagePart window, int denominator) => header.Format == ImageFormat.Jpeg
        ? (window.Height / denominator + 2L) * (window.Width / denominator + 1L + Margin) * BytesPerPixel
        : (long)header.Height * header.Width * BytesPerPixel;

    /// <summary>Decodes at least what covers the window; of PNG and WebP files always the whole picture.</summary>
    /// <param name="window">In pixels of the stored size, inside the picture.</param>
    /// <param name="denominator">JPEG: 1, 2, 4 or 8 decode at that part of the size. Others: 1.</param>
    /// <param name="pixels"><see cref="Capacity"/> bytes.</param>
    /// <param name="part">Where the decoded rectangle lies, in pixels of the decoded size; its rows are in <paramref name="pixels"/>.</param>
    /// <returns>Null, or what is wrong with the file: then the pixels are undefined.</returns>
    public static string? Decode(ReadOnlySpan<byte> file, ImagePart window, int denominator, Span<byte> pixels, out ImagePart part) =>
        Problem(ImageMethods.inc_image_decode(file, file.Length, window, denominator, pixels, pixels.Length, out part));

    /// <summary>A baseline JPEG with 4:2:0 chroma: the same bytes for the same pixels and library.</summary>
    /// <param name="pixels">RGB, three bytes each, rows from the top.</param>
    /// <param name="quality">libjpeg's, 1 to 100.</param>
    /// <param name="file"><see cref="JpegCapacity"/> bytes.</param>
    /// <returns>The file's length.</returns>
    public static int EncodeJpeg(ReadOnlySpan<byte> pixels, int height, int width, int quality, Span<byte> file)
    {
        if (pixels.Length != 3L * height * width) throw new ArgumentException($"{pixels.Length} bytes for {height} × {width} pixels.", nameof(pixels));
        Status.Check(ImageMethods.inc_image_encode_jpeg(pixels, height, width, quality, file, file.Length, out var length));
        return (int)length;
    }

    /// <summary>Bytes that <see cref="EncodeJpeg"/> may need.</summary>
    public static int JpegCapacity(int height, int width) => checked(3 * (height + 15) * (width + 15) + 4096);

    private static string? Problem(StatusCode status)
    {
        if (status == StatusCode.Corrupt)
        {
            return Status.LastError;
        }

        Status.Check(status);
        return null;
    }
}
