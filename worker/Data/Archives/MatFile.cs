using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Inception.Distributed.Worker.Data.Archives;

/// <summary>
/// Reads an array of structures from a MATLAB file, level 5 ("MAT-File Format", The MathWorks, chapter 1), as far as ImageNet's
/// development kit needs it: little-endian, text and scalar fields; fields of other kinds are passed over.
/// </summary>
internal static class MatFile
{
    private const int Header = 128;
    private const int Compressed = 15;
    private const int Matrix = 14;
    private const int StructClass = 2;
    private const int CharClass = 4;
    private const int LargestContent = 1 << 28;

    /// <returns>One row a structure: its fields' values by name, texts as string and numbers as double.</returns>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    public static IReadOnlyList<IReadOnlyDictionary<string, object>> ReadStructs(byte[] file, string variable)
    {
        if (file.Length < Header || file[126] != 'I' || file[127] != 'M') throw new InvalidDataException("it is no little-endian MATLAB 5 file");
        for (var rest = new Reader(file.AsMemory(Header)); !rest.AtEnd;)
        {
            var (type, content) = rest.Element();
            if (type == Compressed) (type, content) = new Reader(Inflate(content)).Element();
            if (type == Matrix && Structs(content, variable) is { } found) return found;
        }

        throw new InvalidDataException($"it has no array of structures named '{variable}'");
    }

    private static List<IReadOnlyDictionary<string, object>>? Structs(ReadOnlyMemory<byte> content, string variable)
    {
        var parts = new Reader(content);
        if (ClassOf(ref parts) != StructClass) return null;
        var count = Product(parts.Element().Content);
        if (Encoding.ASCII.GetString(parts.Element().Content.Span) != variable) return null;
        var nameLength = BinaryPrimitives.ReadInt32LittleEndian(parts.Element().Content.Span);
        var names = parts.Element().Content;
        if (nameLength <= 0) throw new InvalidDataException("a field name has no length");

        var fields = new string[names.Length / nameLength];
        for (var i = 0; i < fields.Length; i++) fields[i] = Text(names.Span.Slice(i * nameLength, nameLength));
        var rows = new List<IReadOnlyDictionary<string, object>>();
        for (var row = 0; row < count; row++)
        {
            var values = new Dictionary<string, object>();
            foreach (var field in fields)
            {
                if (Value(parts.Element().Content) is { } value) values[field] = value;
            }

            rows.Add(values);
        }

        return rows;
    }

    private static object? Value(ReadOnlyMemory<byte> matrix)
    {
        if (matrix.IsEmpty) return null;
        var parts = new Reader(matrix);
        var kind = ClassOf(ref parts);
        var count = Product(parts.Element().Content);
        parts.Element();
        if (kind == CharClass)
        {
            var (type, text) = parts.Element();
            return type is 4 or 17 ? Encoding.Unicode.GetString(text.Span) : Encoding.UTF8.GetString(text.Span);
        }

        if (kind is < 6 or > 15 || count != 1) return null;
        var (numeric, bytes) = parts.Element();
        return Number(numeric, bytes.Span);
    }

    private static double Number(int type, ReadOnlySpan<byte> bytes) => type switch
    {
        1 => (sbyte)bytes[0],
        2 => bytes[0],
        3 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        4 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        5 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        6 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        7 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        9 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        _ => throw new InvalidDataException($"a number has the unknown type {type}"),
    };

    private static int ClassOf(ref Reader parts) => parts.Element().Content.Span is [var kind, ..] ? kind : throw new InvalidDataException("an array has no class");

    private static int Product(ReadOnlyMemory<byte> dimensions)
    {
        var product = 1L;
        for (var i = 0; i + sizeof(int) <= dimensions.Length; i += sizeof(int))
            product *= BinaryPrimitives.ReadInt32LittleEndian(dimensions.Span[i..]);
        return product is >= 0 and <= 1 << 24 ? (int)product : throw new InvalidDataException("an array's dimensions are out of range");
    }

    private static string Text(ReadOnlySpan<byte> padded) => Encoding.ASCII.GetString(padded).TrimEnd('\0');

    private static byte[] Inflate(ReadOnlyMemory<byte> content)
    {
        using var inflating = new ZLibStream(new MemoryStream(content.ToArray()), CompressionMode.Decompress);
        var whole = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = inflating.Read(buffer)) > 0;)
        {
            whole.Write(buffer, 0, read);
            if (whole.Length > LargestContent) throw new InvalidDataException("its contents are too large");
        }

        return whole.ToArray();
    }

    /// <summary>Goes through data elements: a tag of type and size, the data, and padding to a multiple of 8 bytes.</summary>
    private struct Reader(ReadOnlyMemory<byte> bytes)
    {
        private ReadOnlyMemory<byte> _rest = bytes;

        public readonly bool AtEnd => _rest.Length < 8;

        public (int Type, ReadOnlyMemory<byte> Content) Element()
        {
            if (AtEnd) throw new InvalidDataException("it ends too early");
            var tag = BinaryPrimitives.ReadUInt32LittleEndian(_rest.Span);

            // Up to four bytes stand inside the tag, their number in its upper half.
            var small = (int)(tag >> 16);
            var (type, size, start) = small > 0 ? ((int)(tag & 0xFFFF), small, 4) : ((int)tag, BinaryPrimitives.ReadInt32LittleEndian(_rest.Span[4..]), 8);
            if (size < 0 || start + size > _rest.Length || (small > 4)) throw new InvalidDataException("it ends too early");
            var content = _rest.Slice(start, size);
            var end = small > 0 ? 8 : type == Compressed ? start + size : start + (size + 7) / 8 * 8;
            _rest = _rest[Math.Min(end, _rest.Length)..];
            return (type, content);
        }
    }
}
