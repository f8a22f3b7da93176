using System.Runtime.InteropServices;

namespace Inception.Distributed.Torch.Native;

/// <summary>native/image/image.h.</summary>
internal static partial class ImageMethods
{
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_image_read_header(ReadOnlySpan<byte> data, long length, out ImageHeader header);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_image_decode(ReadOnlySpan<byte> data, long length, in ImagePart window, int denominator, Span<byte> pixels, long capacity, out ImagePart part);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_image_read_traits(ReadOnlySpan<byte> data, long length, out ImageTraits traits);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_image_encode_jpeg(ReadOnlySpan<byte> pixels, int height, int width, int quality, Span<byte> file, long capacity, out long length);
}
