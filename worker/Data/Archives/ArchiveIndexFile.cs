using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Inception.Distributed.Worker.Data.Archives;

/// <summary>
/// An index kept on disk, so that archives are gone through once. It belongs to archives of certain sizes and times of change: a changed
/// one makes it stale. Layout: magic, SHA-256 of the rest, version, stamp of the archives, the index.
/// </summary>
internal static class ArchiveIndexFile
{
    private const string Magic = "INCIDX\r\n";
    private const int Version = 1;

    /// <summary>What an index depends on, of each file: its path, size and time of the last change.</summary>
    public static string StampOf(IEnumerable<string> files) => string.Join('\n', files.Select(file =>
    {
        var info = new FileInfo(file);
        return string.Create(CultureInfo.InvariantCulture, $"{Path.GetFullPath(file)}\0{(info.Exists ? info.Length : -1)}\0{info.LastWriteTimeUtc.Ticks}");
    }));

    /// <summary>Written aside and renamed, so that a reader never sees a part.</summary>
    public static void Save(string path, string stamp, ArchiveIndex index)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var aside = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (var file = new FileStream(aside, FileMode.Create, FileAccess.ReadWrite))
            {
                file.Write(Encoding.ASCII.GetBytes(Magic));
                file.Write(new byte[SHA256.HashSizeInBytes]);
                using (var writer = new BinaryWriter(file, Encoding.UTF8, leaveOpen: true))
                {
                    writer.Write(Version);
                    writer.Write(stamp);
                    index.WriteTo(writer);
                }

                file.Position = Magic.Length + SHA256.HashSizeInBytes;
                var hash = SHA256.HashData(file);
                file.Position = Magic.Length;
                file.Write(hash);
                file.Flush(flushToDisk: true);
            }

            File.Move(aside, path, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    /// <returns>Null, with the reason as a clause, when there is no usable index.</returns>
    public static ArchiveIndex? TryLoad(string path, string stamp, out string? reason)
    {
        reason = null;
        if (!File.Exists(path)) return null;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            Span<byte> head = stackalloc byte[Magic.Length + SHA256.HashSizeInBytes];
            if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || !head.StartsWith(Encoding.ASCII.GetBytes(Magic)))
                return Unusable("is no index", out reason);
            if (!SHA256.HashData(file).AsSpan().SequenceEqual(head[Magic.Length..])) return Unusable("is damaged", out reason);
            file.Position = head.Length;
            using var reader = new BinaryReader(file, Encoding.UTF8, leaveOpen: true);
            if (reader.ReadInt32() != Version) return Unusable("is of another version of this program", out reason);
            if (reader.ReadString() != stamp) return Unusable("is older than the archives", out reason);
            return ArchiveIndex.ReadFrom(reader);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return Unusable($"can't be read ({exception.Message})", out reason);
        }
    }

    private static ArchiveIndex? Unusable(string why, out string? reason)
    {
        reason = why;
        return null;
    }
}
