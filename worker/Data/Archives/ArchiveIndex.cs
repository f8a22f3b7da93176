using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Inception.Distributed.Worker.Data.Archives;

/// <summary>An image file inside an archive.</summary>
/// <param name="Name">File name without directories.</param>
/// <param name="Archive">Position of the archive's file in <see cref="ArchiveIndex.Archives"/>.</param>
/// <param name="Offset">Of the image's first byte in that file.</param>
internal readonly record struct ArchivedImage(string Name, int Archive, long Offset, int Length, int Label);

/// <summary>
/// Where the samples of a dataset lie inside archives. Immutable; 20 bytes a sample beside its name, so that ImageNet takes some 60 MB.
/// Samples are numbered by class and then by the ordinal order of their names, whatever archive they lie in: as in a directory a class.
/// </summary>
internal sealed class ArchiveIndex
{
    private const int HashedAtOnce = 1 << 16;

    private readonly int[] _archives;
    private readonly long[] _offsets;
    private readonly int[] _lengths;
    private readonly int[] _labels;
    private readonly byte[] _names;
    private readonly int[] _nameEnds;

    private ArchiveIndex(string[] archives, string[] classNames, int[] archiveOf, long[] offsets, int[] lengths, int[] labels, byte[] names, int[] nameEnds)
    {
        (Archives, ClassNames) = (archives, classNames);
        (_archives, _offsets, _lengths, _labels) = (archiveOf, offsets, lengths, labels);
        (_names, _nameEnds) = (names, nameEnds);
        Digest = Hash();
    }

    /// <summary>Paths of the archives' files.</summary>
    public IReadOnlyList<string> Archives { get; }

    /// <summary>By label; empty where the source does not name them.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    public int Count => _offsets.Length;

    /// <summary>SHA-256, lower-case hex, of every sample's label, length and name in their order; the archives' paths and layout don't matter.</summary>
    public string Digest { get; }

    /// <param name="byClass">Number samples by class and name; otherwise by name alone, as a validation set's positions are.</param>
    public static ArchiveIndex Of(IReadOnlyList<string> archives, IReadOnlyList<string> classNames, IReadOnlyCollection<ArchivedImage> images, bool byClass)
    {
        var sorted = images.ToArray();
        Array.Sort(sorted, (left, right) =>
        {
            var order = byClass ? left.Label.CompareTo(right.Label) : 0;
            return order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
        });

        var names = new MemoryStream();
        var ends = new int[sorted.Length];
        for (var i = 0; i < sorted.Length; i++)
        {
            names.Write(Encoding.UTF8.GetBytes(sorted[i].Name));
            ends[i] = checked((int)names.Length);
        }

        return new ArchiveIndex(
            [.. archives], [.. classNames],
            Array.ConvertAll(sorted, image => image.Archive), Array.ConvertAll(sorted, image => image.Offset),
            Array.ConvertAll(sorted, image => image.Length), Array.ConvertAll(sorted, image => image.Label),
            names.ToArray(), ends);
    }

    /// <summary>As many as are named; otherwise up to the largest label.</summary>
    public int Classes => ClassNames.Count > 0 ? ClassNames.Count : _labels.Max() + 1;

    public int Archive(long sample) => _archives[sample];

    public long Offset(long sample) => _offsets[sample];

    public int Length(long sample) => _lengths[sample];

    public int Label(long sample) => _labels[sample];

    public string Name(long sample) => Encoding.UTF8.GetString(NameBytes(sample));

    /// <summary>How many samples each class has; labels from <paramref name="classes"/> on are left out.</summary>
    public int[] CountByClass(int classes)
    {
        var counts = new int[classes];
        foreach (var label in _labels)
        {
            if ((uint)label < (uint)classes) counts[label]++;
        }

        return counts;
    }

    /// <summary>The first <paramref name="limit"/> samples; 0: all.</summary>
    public ArchiveIndex First(int limit) => limit == 0 || limit >= Count ? this : new ArchiveIndex(
        [.. Archives], [.. ClassNames], _archives[..limit], _offsets[..limit], _lengths[..limit], _labels[..limit], _names, _nameEnds[..limit]);

    public void WriteTo(BinaryWriter writer)
    {
        writer.Write(Archives.Count);
        foreach (var archive in Archives) writer.Write(archive);
        writer.Write(ClassNames.Count);
        foreach (var name in ClassNames) writer.Write(name);
        writer.Write(Count);
        writer.Write(_names.Length);
        Blobs.Write(writer, _archives);
        Blobs.Write(writer, _offsets);
        Blobs.Write(writer, _lengths);
        Blobs.Write(writer, _labels);
        Blobs.Write(writer, _nameEnds);
        writer.Write(_names);
    }

    /// <exception cref="InvalidDataException">The numbers contradict each other.</exception>
    /// <exception cref="EndOfStreamException">There are too few bytes.</exception>
    public static ArchiveIndex ReadFrom(BinaryReader reader)
    {
        var archives = Texts(reader);
        var classNames = Texts(reader);
        var (count, nameLength) = (reader.ReadInt32(), reader.ReadInt32());
        if (count < 0 || nameLength < 0) throw new InvalidDataException("a count is negative");
        var index = new ArchiveIndex(
            archives, classNames,
            Blobs.Read<int>(reader, count), Blobs.Read<long>(reader, count), Blobs.Read<int>(reader, count), Blobs.Read<int>(reader, count),
            nameEnds: Blobs.Read<int>(reader, count), names: reader.ReadBytes(nameLength));
        if (index._names.Length != nameLength) throw new EndOfStreamException();
        return index;
    }

    private static string[] Texts(BinaryReader reader)
    {
        var count = reader.ReadInt32();
        if (count is < 0 or > 1 << 24) throw new InvalidDataException("a count is out of range");
        var texts = new string[count];
        for (var i = 0; i < count; i++) texts[i] = reader.ReadString();
        return texts;
    }

    private ReadOnlySpan<byte> NameBytes(long sample)
    {
        var start = sample == 0 ? 0 : _nameEnds[sample - 1];
        return _names.AsSpan(start, _nameEnds[sample] - start);
    }

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // A call for each sample would take longer than the hashing.
        var buffer = new ArrayBufferWriter<byte>(HashedAtOnce);
        for (var sample = 0; sample < Count; sample++)
        {
            var name = NameBytes(sample);
            var entry = buffer.GetSpan(2 * sizeof(int) + name.Length + 1);
            BitConverter.TryWriteBytes(entry, _labels[sample]);
            BitConverter.TryWriteBytes(entry[sizeof(int)..], _lengths[sample]);
            name.CopyTo(entry[(2 * sizeof(int))..]);
            entry[2 * sizeof(int) + name.Length] = 0;
            buffer.Advance(2 * sizeof(int) + name.Length + 1);
            if (buffer.WrittenCount < HashedAtOnce / 2) continue;
            hash.AppendData(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
        }

        hash.AppendData(buffer.WrittenSpan);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
