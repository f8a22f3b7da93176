using System.Runtime.InteropServices;

namespace Inception.Distributed.Torch.Native;

/// <summary>native/image: jpeg.cpp.</summary>
internal static partial class ImageMethods
{
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_jpeg_size(ReadOnlySpan<byte> data, long length, out int height, out int width);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_jpeg_decode(ReadOnlySpan<byte> data, long length, Span<byte> pixels, long capacity);
}
