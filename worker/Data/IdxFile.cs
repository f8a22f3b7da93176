using System.Buffers.Binary;
using System.IO.Compression;

namespace Inception.Distributed.Worker.Data;

/// <summary>
/// A file of unsigned bytes in the idx format of the MNIST database: magic number 0x0000080d with d dimensions, d big-endian
/// 32-bit lengths, then the bytes; plain, or compressed when the name ends in .gz.
/// </summary>
internal sealed record IdxFile(string Path, int[] Lengths, byte[] Data)
{
    /// <param name="limit">Read only the first this many items; 0: all, and to the end of the file.</param>
    /// <exception cref="UserErrorException">The file is none of that kind, or not whole.</exception>
    public static IdxFile Read(string path, int dimensions, int limit)
    {
        try
        {
            using var file = File.OpenRead(path);
            using Stream content = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
            return Read(content, path, dimensions, limit);
        }
        catch (EndOfStreamException)
        {
            throw new UserErrorException(path, "The file is cut off: it ends before the data that its header announces. Fetch it again.");
        }
        catch (InvalidDataException exception)
        {
            throw new UserErrorException(path, $"The file is cut off or damaged: {exception.Message} Fetch it again.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(path, $"Can't read the file: {exception.Message}");
        }
    }

    private static IdxFile Read(Stream content, string path, int dimensions, int limit)
    {
        Span<byte> word = stackalloc byte[4];
        var magic = ReadInt32(content, word);
        var expected = 0x0800 | dimensions;
        if (magic != expected)
        {
            throw new UserErrorException(
                path, $"No idx file of unsigned bytes in {dimensions} dimensions: it starts with 0x{magic:x8}, not 0x{expected:x8}.");
        }

        var lengths = new int[dimensions];
        long itemBytes = 1;
        for (var dimension = 0; dimension < dimensions; dimension++)
        {
            lengths[dimension] = ReadInt32(content, word);
            itemBytes *= dimension == 0 ? 1 : lengths[dimension];
            if (lengths[dimension] <= 0 || itemBytes > Array.MaxLength)
            {
                throw new UserErrorException(path, $"The header gives dimension {dimension} the length {lengths[dimension]}.");
            }
        }

        var items = limit == 0 ? lengths[0] : Math.Min(limit, lengths[0]);
        if (items * itemBytes > Array.MaxLength)
        {
            throw new UserErrorException(
                path, $"{items} items of {itemBytes} bytes are more than the {Array.MaxLength} bytes that fit into one array.");
        }

        var data = GC.AllocateUninitializedArray<byte>((int)(items * itemBytes));
        content.ReadExactly(data);
        if (items == lengths[0] && content.ReadByte() >= 0)
        {
            throw new UserErrorException(path, $"The file is longer than the {items} items that its header announces.");
        }

        return new IdxFile(path, lengths, data);
    }

    private static int ReadInt32(Stream content, Span<byte> word)
    {
        content.ReadExactly(word);
        return BinaryPrimitives.ReadInt32BigEndian(word);
    }
}
