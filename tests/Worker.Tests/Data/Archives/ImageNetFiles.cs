using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Inception.Distributed.Tests.Data.Archives;

/// <summary>Lays a small set out as ILSVRC 2012 is downloaded: training tars in a tar, a validation tar, the development kit.</summary>
internal static class ImageNetFiles
{
    /// <param name="train">Images of each class, by WordNet id.</param>
    /// <param name="validation">WordNet id and image, by position.</param>
    public static void Write(string directory, IReadOnlyDictionary<string, byte[][]> train, (string Id, byte[] Image)[] validation)
    {
        Directory.CreateDirectory(directory);

        // The kit's numbers run against the order of the ids, so that mixing the two up is noticed; so does the order of the tars.
        var ids = train.Keys.OrderDescending(StringComparer.Ordinal).ToArray();
        File.WriteAllBytes(Path.Combine(directory, "ILSVRC2012_img_train.tar"), TarFiles.Of(
            [.. ids.Select(id => ($"{id}.tar", TarFiles.Of([.. train[id].Select((image, number) => ($"{id}_{number}.JPEG", image))])))]));
        File.WriteAllBytes(Path.Combine(directory, "ILSVRC2012_img_val.tar"), TarFiles.Of(
            [.. validation.Select((entry, position) => ($"ILSVRC2012_val_{position + 1:D8}.JPEG", entry.Image)).Reverse()]));
        WriteKit(directory, ids, string.Concat(validation.Select(entry => $"{Array.IndexOf(ids, entry.Id) + 1}\n")));
    }

    private static void WriteKit(string directory, string[] ids, string truth)
    {
        using var file = File.Create(Path.Combine(directory, "ILSVRC2012_devkit_t12.tar.gz"));
        using var packed = new GZipStream(file, CompressionLevel.Fastest);
        packed.Write(TarFiles.Of(TarEntryFormat.Pax,
            ("ILSVRC2012_devkit_t12/data/meta.mat", MetaMat(ids)),
            ("ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt", Encoding.ASCII.GetBytes(truth))));
    }

    /// <summary>The kit's list of synsets as MATLAB 5 writes it: a compressed array of structures, the classes first, then an inner node.</summary>
    public static byte[] MetaMat(string[] ids)
    {
        string[] fields = ["ILSVRC2012_ID", "WNID", "words", "num_children"];
        var rows = ids.Select((id, number) => (Number: number + 1.0, Id: id, Words: $"words of {id}", Children: 0.0)).Append((ids.Length + 1.0, "n00000001", "entity", ids.Length));
        var body = Element(6, [2, 0, 0, 0, 0, 0, 0, 0])
            .Concat(Element(5, [.. BitConverter.GetBytes(ids.Length + 1), .. BitConverter.GetBytes(1)]))
            .Concat(Element(1, Encoding.ASCII.GetBytes("synsets")))
            .Concat(Element(5, BitConverter.GetBytes(16)))
            .Concat(Element(1, [.. fields.SelectMany(field => Encoding.ASCII.GetBytes(field.PadRight(16, '\0')))]))
            .Concat(rows.SelectMany(row => Number(row.Number).Concat(Text(row.Id)).Concat(Text(row.Words)).Concat(Number(row.Children))));
        var content = new MemoryStream();
        using (var packed = new ZLibStream(content, CompressionLevel.Fastest, leaveOpen: true)) packed.Write([.. Element(14, [.. body])]);
        return
        [
            .. Encoding.ASCII.GetBytes("MATLAB 5.0 MAT-file".PadRight(124)), 0, 1, (byte)'I', (byte)'M',
            .. BitConverter.GetBytes(15), .. BitConverter.GetBytes((int)content.Length), .. content.ToArray(),
        ];
    }

    private static IEnumerable<byte> Number(double value) => Element(14,
    [
        .. Element(6, [6, 0, 0, 0, 0, 0, 0, 0]), .. Element(5, [1, 0, 0, 0, 1, 0, 0, 0]), .. Element(1, []),
        // Whole numbers are kept as bytes.
        .. value < 128 ? Element(2, [(byte)value]) : Element(9, BitConverter.GetBytes(value)),
    ]);

    private static IEnumerable<byte> Text(string value) => Element(14,
    [
        .. Element(6, [4, 0, 0, 0, 0, 0, 0, 0]), .. Element(5, [.. BitConverter.GetBytes(1), .. BitConverter.GetBytes(value.Length)]), .. Element(1, []),
        .. Element(4, Encoding.Unicode.GetBytes(value)),
    ]);

    // Up to four bytes stand inside the tag.
    private static IEnumerable<byte> Element(int type, byte[] data) => data.Length is > 0 and <= 4
        ? [.. BitConverter.GetBytes((short)type), .. BitConverter.GetBytes((short)data.Length), .. data, .. new byte[4 - data.Length]]
        : [.. BitConverter.GetBytes(type), .. BitConverter.GetBytes(data.Length), .. data, .. new byte[(8 - data.Length % 8) % 8]];
}
