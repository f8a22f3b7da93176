using System.Runtime.InteropServices;
using Inception.Distributed.Torch.Native;

namespace Inception.Distributed.Torch;

public enum ImageFormat { Jpeg = 1, Png = 2, WebP = 3 }

/// <summary>inc_image_header of native/image/image.h: what stands before the pixels.</summary>
/// <param name="Height">In pixels, as stored: before <paramref name="Orientation"/> is honoured.</param>
/// <param name="Orientation">Of a JPEG's EXIF, 1 to 8; 1 where there is none or it can't be read.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ImageHeader(ImageFormat Format, int Height, int Width, int Orientation);

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
