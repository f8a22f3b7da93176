namespace Inception.Distributed.Worker.Data.Archives;

/// <summary>
/// ImageNet (ILSVRC 2012) as it is downloaded: ILSVRC2012_img_train.tar, with a tar a class inside, and ILSVRC2012_img_val.tar with the
/// development kit's labels. Nothing is unpacked; images are read from where they lie.
/// </summary>
internal static class ImageNetSource
{
    public const string TrainArchive = "ILSVRC2012_img_train.tar";
    public const string ValidationArchive = "ILSVRC2012_img_val.tar";
    private const string InnerEnding = ".tar";

    /// <param name="directory">Of the downloaded files.</param>
    /// <param name="split">train or val.</param>
    /// <param name="where">The job's section that asks for the dataset, e.g. <c>data.train</c>.</param>
    /// <exception cref="UserErrorException">A file is missing or damaged, or the classes are not as many as the job has.</exception>
    public static ArchiveIndex Open(string directory, string split, int? classes, string where, ArchiveIndexCache cache)
    {
        if (!Directory.Exists(directory)) throw new UserErrorException($"{where}.path", $"There is no directory '{directory}'.");
        var kit = DevelopmentKit.FilesIn(directory);
        var archive = Path.Combine(directory, split == "train" ? TrainArchive : ValidationArchive);
        if (!File.Exists(archive)) throw new UserErrorException($"{where}.path", $"'{directory}' holds no {Path.GetFileName(archive)}.");
        if (split != "train" && kit.Count == 0)
        {
            throw new UserErrorException(
                $"{where}.path", $"'{directory}' holds no {DevelopmentKit.Archive} (nor its unpacked data), which has the labels of the validation images.");
        }

        var index = cache.FindOrBuild($"imagenet {split}", [archive, .. kit], () => split == "train" ? IndexTraining(archive, kit, cache.Tell) : IndexValidation(archive, kit, cache.Tell));
        return classes is null || index.ClassNames.Count == classes ? index
            : throw new UserErrorException($"{where}.path", $"'{archive}' has {index.ClassNames.Count} classes; model.classes is {classes}.");
    }

    private static ArchiveIndex IndexTraining(string archive, IReadOnlyList<string> kit, Action<string> tell)
    {
        using var file = File.OpenRead(archive);
        var folders = TarScanner.Scan(file, 0, file.Length, archive, tell).ToList();
        if (folders.Find(member => !member.Name.EndsWith(InnerEnding, StringComparison.Ordinal)) is { Name: not null } stranger)
            throw new UserErrorException(archive, $"The archive holds '{stranger.Name}', but ImageNet's holds one tar a class, such as n01440764.tar.");
        folders.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        var ids = folders.ConvertAll(folder => Path.GetFileName(folder.Name)[..^InnerEnding.Length]);
        if (ids.Distinct(StringComparer.Ordinal).Count() < ids.Count) throw new UserErrorException(archive, "The archive holds a class twice.");

        // Each class is a range of its own, so they are gone through side by side.
        var images = new List<ArchivedImage>[folders.Count];
        var done = 0;
        SideBySide.Run(folders.Count, label =>
        {
            images[label] = IndexClass(archive, folders[label], label, tell);
            var count = Interlocked.Increment(ref done);
            if (count % 100 == 0) tell($"Indexed {count} of {folders.Count} classes of {Path.GetFileName(archive)}.");
        });
        if (Array.FindIndex(images, list => list.Count == 0) is >= 0 and var empty)
            throw new UserErrorException(archive, $"The class {ids[empty]} has no images.");
        return ArchiveIndex.Of([archive], Names(ids, kit, archive), [.. images.SelectMany(list => list)], byClass: true);
    }

    private static List<ArchivedImage> IndexClass(string archive, TarMember folder, int label, Action<string> tell)
    {
        using var file = File.OpenRead(archive);
        return Images(TarScanner.Scan(file, folder.Offset, folder.Length, $"{archive}: {folder.Name}", tell), _ => label, archive);
    }

    private static ArchiveIndex IndexValidation(string archive, IReadOnlyList<string> files, Action<string> tell)
    {
        var kit = DevelopmentKit.Read(files);
        using var file = File.OpenRead(archive);
        var members = TarScanner.Scan(file, 0, file.Length, archive, tell).OrderBy(member => Path.GetFileName(member.Name), StringComparer.Ordinal).ToList();
        if (members.Count != kit.ValidationLabels.Count)
            throw new UserErrorException(archive, $"The archive holds {members.Count} images, and {files[^1]} has the labels of {kit.ValidationLabels.Count}.");
        return ArchiveIndex.Of([archive], kit.Names, Images(members, position => kit.ValidationLabels[position], archive), byClass: false);
    }

    private static List<ArchivedImage> Images(IEnumerable<TarMember> members, Func<int, int> labelOf, string archive)
    {
        var images = new List<ArchivedImage>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in members)
        {
            var name = Path.GetFileName(member.Name);
            if (!names.Add(name)) throw new UserErrorException(archive, $"The archive holds the image '{name}' twice.");
            images.Add(new ArchivedImage(name, 0, member.Offset, LengthOf(member, archive), labelOf(images.Count)));
        }

        return images;
    }

    internal static int LengthOf(TarMember member, string archive) => member.Length <= Array.MaxLength ? (int)member.Length
        : throw new UserErrorException(archive, $"'{member.Name}' has {member.Length} bytes, more than an image may have.");

    private static IReadOnlyList<string> Names(List<string> ids, IReadOnlyList<string> files, string archive)
    {
        if (files.Count == 0) return ids;
        var kit = DevelopmentKit.Read(files);
        return kit.WordNetIds.SequenceEqual(ids) ? kit.Names
            : throw new UserErrorException(archive, $"The archive's classes are not those of {files[0]}: {Difference(ids, kit.WordNetIds)}.");
    }

    private static string Difference(IReadOnlyList<string> ids, IReadOnlyList<string> expected)
    {
        var (missing, unknown) = (expected.Except(ids).ToList(), ids.Except(expected).ToList());
        return $"{missing.Count} are missing{(missing.Count > 0 ? $" (such as {missing[0]})" : "")}, {unknown.Count} are unknown{(unknown.Count > 0 ? $" (such as {unknown[0]})" : "")}";
    }
}
