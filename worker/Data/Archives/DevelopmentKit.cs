using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;

namespace Inception.Distributed.Worker.Data.Archives;

/// <summary>
/// ImageNet's development kit (ILSVRC2012_devkit_t12): the 1,000 classes and the validation images' labels. Classes are numbered by the
/// ordinal order of their WordNet ids, as everybody does; the kit's own numbers are only a means to read its labels.
/// </summary>
/// <param name="WordNetIds">By label.</param>
/// <param name="Names">By label: the synset's words.</param>
/// <param name="ValidationLabels">By position in the validation set.</param>
internal sealed record DevelopmentKit(IReadOnlyList<string> WordNetIds, IReadOnlyList<string> Names, IReadOnlyList<int> ValidationLabels)
{
    public const string Archive = "ILSVRC2012_devkit_t12.tar.gz";
    private const string Folder = "ILSVRC2012_devkit_t12";
    private const string Meta = "meta.mat";
    private const string Truth = "ILSVRC2012_validation_ground_truth.txt";

    /// <summary>The kit's files in a directory, packed or unpacked; none: there is no kit.</summary>
    public static IReadOnlyList<string> FilesIn(string directory)
    {
        var packed = Path.Combine(directory, Archive);
        if (File.Exists(packed)) return [packed];
        string[] unpacked = [Path.Combine(directory, Folder, "data", Meta), Path.Combine(directory, Folder, "data", Truth)];
        return Array.TrueForAll(unpacked, File.Exists) ? unpacked : [];
    }

    /// <param name="files">Of <see cref="FilesIn"/>.</param>
    /// <exception cref="UserErrorException">The kit is damaged.</exception>
    public static DevelopmentKit Read(IReadOnlyList<string> files)
    {
        try
        {
            var (meta, truth) = files.Count == 1 ? Unpack(files[0]) : (File.ReadAllBytes(files[0]), File.ReadAllBytes(files[1]));
            return Parse(meta, truth);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException or IOException or KeyNotFoundException or InvalidCastException)
        {
            throw new UserErrorException(files[0], $"Can't read ImageNet's development kit: {exception.Message}. Download {Archive} again.");
        }
    }

    private static (byte[] Meta, byte[] Truth) Unpack(string archive)
    {
        using var unzipping = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        using var reader = new TarReader(unzipping);
        byte[]? meta = null, truth = null;
        while ((meta is null || truth is null) && reader.GetNextEntry() is { } entry)
        {
            if (Path.GetFileName(entry.Name) == Meta) meta = Contents(entry);
            if (Path.GetFileName(entry.Name) == Truth) truth = Contents(entry);
        }

        return (meta ?? throw new InvalidDataException($"it holds no {Meta}"), truth ?? throw new InvalidDataException($"it holds no {Truth}"));
    }

    private static byte[] Contents(TarEntry entry)
    {
        var contents = new MemoryStream();
        entry.DataStream?.CopyTo(contents);
        return contents.ToArray();
    }

    private static DevelopmentKit Parse(byte[] meta, byte[] truth)
    {
        // Inner nodes of the hierarchy have children; the classes are its leaves.
        var classes = MatFile.ReadStructs(meta, "synsets")
            .Where(synset => (double)synset["num_children"] == 0)
            .Select(synset => (Number: (int)(double)synset["ILSVRC2012_ID"], WordNetId: (string)synset["WNID"], Words: (string)synset["words"]))
            .OrderBy(synset => synset.WordNetId, StringComparer.Ordinal)
            .ToList();
        var labelOf = classes.Select((synset, label) => (synset.Number, label)).ToDictionary(entry => entry.Number, entry => entry.label);
        var labels = System.Text.Encoding.ASCII.GetString(truth)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => labelOf.TryGetValue(int.Parse(line, CultureInfo.InvariantCulture), out var label)
                ? label : throw new InvalidDataException($"{Truth} names class {line}, which {Meta} does not know"));
        return new DevelopmentKit([.. classes.Select(synset => synset.WordNetId)], [.. classes.Select(synset => synset.Words)], [.. labels]);
    }
}
