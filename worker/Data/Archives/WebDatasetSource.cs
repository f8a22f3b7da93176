using System.Globalization;

namespace Inception.Distributed.Worker.Data.Archives;

/// <summary>
/// Shards as WebDataset lays them out: tar files in which the members of a sample share a key, the name up to the first dot of its last
/// part. A sample has an image (.jpg, .jpeg, .png, .webp) and a class (.cls, its number as text); other members are passed over.
/// A <c>classes.txt</c> beside the shards may name the classes, one a line.
/// </summary>
internal static class WebDatasetSource
{
    private static readonly string[] ImageEndings = ["jpg", "jpeg", "png", "webp"];
    private const string ClassEnding = "cls";
    private const string ClassNamesFile = "classes.txt";
    private const int LongestClass = 16;

    /// <param name="path">A directory of .tar files, or their names as a pattern: <c>*</c>, <c>?</c>, <c>{000..146}</c>, <c>{a,b}</c>.</param>
    /// <param name="split">A subdirectory of a path that is a directory; empty: none.</param>
    /// <exception cref="UserErrorException">No shards, a damaged one, or a sample without image or class.</exception>
    public static ArchiveIndex Open(string path, string split, int? known, string where, ArchiveIndexCache cache)
    {
        var shards = ShardPattern.Expand(path, split, where);
        var names = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(shards[0]))!, ClassNamesFile);
        List<string> files = File.Exists(names) ? [.. shards, names] : shards;
        var index = cache.FindOrBuild("webdataset", files, () => Build(shards, files.Count > shards.Count ? names : null, cache.Tell));
        var classes = known ?? index.Classes;
        if (index.ClassNames.Count > 0 && index.ClassNames.Count != classes)
            throw new UserErrorException(names, $"It names {index.ClassNames.Count} classes; model.classes is {classes}.");
        for (var sample = 0; sample < index.Count; sample++)
        {
            if ((uint)index.Label(sample) >= (uint)classes)
            {
                throw new UserErrorException(
                    $"{where}.path", $"{index.Archives[index.Archive(sample)]}: '{index.Name(sample)}' is of class {index.Label(sample)}; with model.classes {classes} they go from 0 to {classes - 1}.");
            }
        }

        if (Array.IndexOf(index.CountByClass(classes), 0) is >= 0 and var empty)
            cache.Tell($"No sample of {shards[0]}{(shards.Count > 1 ? " and the other shards" : "")} is of class {empty}.");
        return index;
    }

    private static ArchiveIndex Build(List<string> shards, string? classNames, Action<string> tell)
    {
        var images = new List<ArchivedImage>[shards.Count];
        var done = 0;
        SideBySide.Run(shards.Count, shard =>
        {
            images[shard] = IndexShard(shards[shard], shard, tell);
            var count = Interlocked.Increment(ref done);
            if (count % 100 == 0) tell($"Indexed {count} of {shards.Count} shards.");
        });

        var samples = images.SelectMany(list => list).ToList();
        if (samples.Count == 0) throw new UserErrorException(shards[0], "The shards hold no samples.");
        var keys = new HashSet<string>(samples.Count, StringComparer.Ordinal);
        if (samples.Find(sample => !keys.Add(KeyOf(sample.Name).Key)) is { Name: not null } twice)
            throw new UserErrorException(shards[twice.Archive], $"The key '{KeyOf(twice.Name).Key}' stands in the shards twice.");
        return ArchiveIndex.Of(shards, classNames is null ? [] : File.ReadAllLines(classNames), samples, byClass: true);
    }

    private static List<ArchivedImage> IndexShard(string shard, int number, Action<string> tell)
    {
        var images = new List<ArchivedImage>();
        using var file = File.OpenRead(shard);
        using var contents = File.OpenHandle(shard);
        string? key = null;
        TarMember? image = null;
        int? label = null;
        foreach (var member in TarScanner.Scan(file, 0, file.Length, shard, tell))
        {
            var (next, ending) = KeyOf(member.Name);
            if (next != key)
            {
                Finish();
                (key, image, label) = (next, null, null);
            }

            if (ImageEndings.Contains(ending))
            {
                if (image is not null) throw new UserErrorException(shard, $"The sample '{key}' has two images, or its key stands there twice.");
                image = member;
            }
            else if (ending == ClassEnding)
            {
                label = ReadClass(contents, member, shard);
            }
        }

        Finish();
        return images;

        void Finish()
        {
            // Members of neither kind, such as a lone .json, are no sample.
            if (image is null && label is null) return;
            if (image is not { } found) throw new UserErrorException(shard, $"The sample '{key}' has a class but no image ({string.Join(", ", ImageEndings)}).");
            if (label is not { } of) throw new UserErrorException(shard, $"The sample '{key}' has no class: '{key}.{ClassEnding}' is missing.");
            images.Add(new ArchivedImage(found.Name, number, found.Offset, ImageNetSource.LengthOf(found, shard), of));
        }
    }

    private static (string Key, string Ending) KeyOf(string name)
    {
        var dot = name.IndexOf('.', name.LastIndexOf('/') + 1);
        return dot < 0 ? (name, "") : (name[..dot], name[(dot + 1)..].ToLowerInvariant());
    }

    private static int ReadClass(Microsoft.Win32.SafeHandles.SafeFileHandle shard, TarMember member, string source)
    {
        Span<byte> text = stackalloc byte[LongestClass];
        var length = member.Length <= LongestClass ? RandomAccess.Read(shard, text[..(int)member.Length], member.Offset) : 0;
        return int.TryParse(text[..length], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var label)
            ? label : throw new UserErrorException(source, $"'{member.Name}' holds no class number.");
    }
}
