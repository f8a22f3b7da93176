using System.Runtime.InteropServices;

namespace Inception.Distributed.Worker.Data.Archives;

/// <summary>Arrays of numbers as they lie in memory, little-endian.</summary>
internal static class Blobs
{
    public static void Write<T>(BinaryWriter writer, T[] values) where T : unmanaged => writer.Write(MemoryMarshal.AsBytes(values.AsSpan()));

    /// <exception cref="EndOfStreamException">There are too few bytes.</exception>
    public static T[] Read<T>(BinaryReader reader, int count) where T : unmanaged
    {
        // Not allocated before it is known to be there: a damaged count may be anything.
        var stream = reader.BaseStream;
        if ((long)count * Marshal.SizeOf<T>() > stream.Length - stream.Position) throw new EndOfStreamException();
        var values = GC.AllocateUninitializedArray<T>(count);
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
