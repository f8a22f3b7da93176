using Inception.Distributed.Torch.Native;

namespace Inception.Distributed.Torch;

/// <summary>
/// Decodes JPEG files with libjpeg-turbo, to RGB bytes: rows from the top, channels interleaved. EXIF is ignored. For any thread.
/// </summary>
public static class Jpeg
{
    /// <summary>Height and width in pixels, from the file's header.</summary>
    /// <exception cref="NativeException">The bytes are no JPEG, or a CMYK one.</exception>
    public static (int Height, int Width) Size(ReadOnlySpan<byte> file)
    {
        Status.Check(ImageMethods.inc_jpeg_size(file, file.Length, out var height, out var width));
        return (height, width);
    }

    /// <param name="pixels">Height · width · 3 bytes.</param>
    /// <exception cref="NativeException">The bytes are no JPEG, a CMYK one, or one that is cut off or damaged.</exception>
    public static void Decode(ReadOnlySpan<byte> file, Span<byte> pixels) =>
        Status.Check(ImageMethods.inc_jpeg_decode(file, file.Length, pixels, pixels.Length));
}
