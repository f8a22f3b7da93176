using System.Formats.Tar;
using System.Text;

namespace Inception.Distributed.Tests.Data.Archives;

/// <summary>Makes tar archives in memory.</summary>
internal static class TarFiles
{
    public static byte[] Of(params (string Name, byte[] Content)[] members) => Of(TarEntryFormat.Ustar, members);

    public static byte[] Of(TarEntryFormat format, params (string Name, byte[] Content)[] members)
    {
        var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, format, leaveOpen: true))
        {
            foreach (var (name, content) in members) writer.WriteEntry(Entry(format, name, content));
        }

        return archive.ToArray();
    }

    public static byte[] WithLink(string name, string target)
    {
        var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
            writer.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target });
        return archive.ToArray();
    }

    public static byte[] Text(string text) => Encoding.ASCII.GetBytes(text);

    private static TarEntry Entry(TarEntryFormat format, string name, byte[] content)
    {
        TarEntry entry = format switch
        {
            TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
            TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name),
            TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, name),
            _ => new V7TarEntry(TarEntryType.V7RegularFile, name),
        };
        entry.DataStream = new MemoryStream(content);
        return entry;
    }
}
