using System.Formats.Tar;

namespace Inception.Distributed.Worker.Data.Archives;

/// <summary>Where a regular file's bytes lie in an uncompressed tar archive.</summary>
/// <param name="Name">As the archive spells it, long names put together.</param>
/// <param name="Offset">Of its first byte, from the beginning of the archive's file, also where the archive lies inside another.</param>
internal readonly record struct TarMember(string Name, long Offset, long Length);

/// <summary>Lists what lies where in tar archives (POSIX.1-2001 pax, ustar, GNU, V7), without reading the contents.</summary>
internal static class TarScanner
{
    private const int Block = 512;

    /// <param name="archive">Read from <paramref name="offset"/> on, <paramref name="length"/> bytes; seekable.</param>
    /// <param name="source">What messages call the archive.</param>
    /// <param name="skipped">Told of each entry that is neither a regular file nor a directory: links and devices are never followed.</param>
    /// <exception cref="UserErrorException">A header is broken, or the archive ends before its last entry does.</exception>
    public static IEnumerable<TarMember> Scan(Stream archive, long offset, long length, string source, Action<string> skipped)
    {
        using var part = new StreamPart(archive, offset, length);
        using var reader = new TarReader(part, leaveOpen: true);
        while (Next(reader, part, source) is { } entry)
        {
            RequireChecksum(part, entry, source);
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile))
            {
                if (entry.EntryType is not (TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes or TarEntryType.DirectoryList))
                {
                    skipped($"{source}: the entry '{entry.Name}' is a {entry.EntryType}, not a file");
                }

                continue;
            }

            RequireTame(entry.Name, source);
            if (entry.DataOffset + entry.Length > length)
            {
                throw new UserErrorException(
                    source, $"The archive is cut off: '{entry.Name}' ends at byte {entry.DataOffset + entry.Length}, the archive at {length}. Copy or download it again.");
            }

            yield return new TarMember(entry.Name, offset + entry.DataOffset, entry.Length);
        }
    }

    private static TarEntry? Next(TarReader reader, StreamPart part, string source)
    {
        try
        {
            var entry = reader.GetNextEntry();

            // The reader takes a header that is cut off for the end. A whole archive ends with blocks of zeros.
            if (entry is null && part.Length % Block != 0)
                throw new UserErrorException(source, $"The archive is cut off: its {part.Length} bytes are no multiple of {Block}. Copy or download it again.");
            return entry;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw new UserErrorException(source, $"The archive is damaged near byte {part.Position}: {exception.Message}");
        }
    }

    // The reader does not compare. Of a header's 512 bytes, those of the checksum itself count as blanks (POSIX.1-1988, ustar).
    private static void RequireChecksum(StreamPart part, TarEntry entry, string source)
    {
        const int Start = 148, End = 156;
        Span<byte> header = stackalloc byte[Block];
        var position = part.Position;
        part.Position = entry.DataOffset - Block;
        part.ReadExactly(header);
        part.Position = position;
        header[Start..End].Fill((byte)' ');
        var sum = 0;
        foreach (var value in header) sum += value;
        if (sum != entry.Checksum)
            throw new UserErrorException(source, $"The archive is damaged near byte {entry.DataOffset - Block}: the header of '{entry.Name}' does not have its checksum.");
    }

    // Nothing is ever unpacked to such a path, but an archive with one is not the dataset that it claims to be.
    private static void RequireTame(string name, string source)
    {
        if (name.StartsWith('/') || name.Split('/').Contains("..") || name.Contains('\0'))
            throw new UserErrorException(source, $"The archive has an entry named '{name}', which points outside it; no dataset needs that.");
    }
}
