using System.Buffers;
using System.Buffers.Text;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;

namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Image files in one directory a class; what is in them is told by their content, not by their names. Classes are numbered by the ordinal order of their directories' names, samples by class and
/// then name; names that begin with a dot are left out. Files are read and decoded when they are needed.
/// </summary>
public sealed class ImageFolderDataset : IDataset
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp"];

    private readonly string[] _files;
    private readonly int[] _labels;

    private ImageFolderDataset(string root, string[] classNames, List<Entry> samples)
    {
        ClassNames = classNames;
        _files = [.. samples.Select(sample => sample.File)];
        _labels = [.. samples.Select(sample => sample.Label)];
        Digest = DigestOf(root, samples);
    }

    public long Count => _files.Length;

    public int Classes => ClassNames.Count;

    /// <summary>The directories' names.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Of the files' relative paths and sizes: reading the contents of a large dataset would take hours.</summary>
    public string Digest { get; }

    /// <param name="split">A subdirectory; empty: none.</param>
    /// <param name="limit">Use only the first this many samples; 0: all.</param>
    /// <param name="where">The job's section that asks for the dataset, e.g. <c>data.train</c>.</param>
    /// <exception cref="UserErrorException">Directories are missing, or don't fit the job.</exception>
    public static ImageFolderDataset Open(string directory, string split, int limit, int? classes, string where)
    {
        var root = Path.Combine(directory, split);
        if (!Directory.Exists(root))
        {
            throw new UserErrorException($"{where}.{(Directory.Exists(directory) ? "split" : "path")}", $"There is no directory '{root}'.");
        }

        List<string> folders = [.. Directory.EnumerateDirectories(root).Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal)];
        if (classes is not null && folders.Count != classes)
        {
            throw new UserErrorException(
                $"{where}.path", $"'{root}' holds {folders.Count} directories, one a class; model.classes is {classes}.");
        }

        var samples = new List<Entry>();
        for (var label = 0; label < folders.Count; label++)
        {
            var first = samples.Count;
            samples.AddRange(FilesIn(folders[label], label));
            samples.Sort(first, samples.Count - first, Comparer<Entry>.Create((left, right) => string.CompareOrdinal(left.File, right.File)));
        }

        RequireImages(samples, root, where);
        if (limit > samples.Count)
        {
            throw new UserErrorException($"{where}.limit", $"{limit} samples are asked for, but there are {samples.Count} in '{root}'.");
        }

        return new ImageFolderDataset(root, [.. folders.Select(folder => Path.GetFileName(folder))], limit == 0 ? samples : samples[..limit]);
    }

    public int Label(long sample) => _labels[sample];

    public string Name(long sample) => _files[sample];

    public StoredImage Read(long sample, ByteBuffer buffer) => ReadStart(sample, int.MaxValue, buffer, out _);

    public StoredImage ReadStart(long sample, int atMost, ByteBuffer buffer, out long length)
    {
        var path = _files[sample];
        try
        {
            using var file = File.OpenHandle(path);
            length = RandomAccess.GetLength(file);
            if (length > Array.MaxLength) throw new UserErrorException(path, $"The file has {length} bytes, more than an image may have.");
            var bytes = buffer.Reserve((int)Math.Min(atMost, length));
            var done = 0;
            while (done < bytes.Length)
            {
                var read = RandomAccess.Read(file, bytes[done..], done);
                if (read == 0) throw new UserErrorException(path, $"The file ended after {done} of {bytes.Length} bytes while it was read.");
                done += read;
            }

            return StoredImage.OfFile(bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(path, $"Can't read the file: {exception.Message}");
        }
    }

    private readonly record struct Entry(string File, long Length, int Label);

    // Names and sizes in one go: a million files are not a million objects for files.
    private static FileSystemEnumerable<Entry> FilesIn(string folder, int label) => new(
        folder, (ref FileSystemEntry entry) => new Entry(entry.ToSpecifiedFullPath(), entry.Length, label),
        new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false })
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && !entry.FileName.StartsWith('.'),
    };

    private static void RequireImages(List<Entry> files, string root, string where)
    {
        if (files.Count == 0)
        {
            throw new UserErrorException($"{where}.path", $"The directories in '{root}' hold no files.");
        }

        var others = files.FindAll(file => !IsImage(file.File));
        if (others.Count > 0)
        {
            throw new UserErrorException(
                $"{where}.path",
                $"{others.Count} of {files.Count} files in '{root}' are named none of {string.Join(", ", Extensions)}, the first being '{others[0].File}'.");
        }
    }

    private static bool IsImage(string file)
    {
        foreach (var extension in Extensions)
        {
            if (Path.GetExtension(file.AsSpan()).Equals(extension, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static string DigestOf(string root, List<Entry> samples)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var line = new ArrayBufferWriter<byte>(1024);
        foreach (var sample in samples)
        {
            Encoding.UTF8.GetBytes(sample.File.AsSpan(root.Length).TrimStart(Path.DirectorySeparatorChar), line);
            line.Write("\0"u8);
            Utf8Formatter.TryFormat(sample.Length, line.GetSpan(20), out var digits);
            line.Advance(digits);
            line.Write("\n"u8);
            hash.AppendData(line.WrittenSpan);
            line.ResetWrittenCount();
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
