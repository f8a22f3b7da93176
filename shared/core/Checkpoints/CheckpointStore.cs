namespace Inception.Distributed.Checkpoints;

/// <summary>incomplete: no manifest, so it was never finished; damaged: it was whole once.</summary>
public enum CheckpointStatus { Whole, Damaged, Incomplete }

/// <summary>A checkpoint at first sight: sizes are checked, contents are not. Bytes: of its files, by the manifest.</summary>
public sealed record CheckpointListing(string Directory, long Step, CheckpointStatus Status, long Bytes, IReadOnlyList<string> Problems);

public sealed record DamagedCheckpoint(string Directory, long Step, IReadOnlyList<string> Problems);

/// <summary>The newest whole checkpoint, if there is one, and newer ones that are not whole.</summary>
public sealed record CheckpointSearch(Checkpoint? Newest, IReadOnlyList<DamagedCheckpoint> Damaged);

/// <summary>The directory that holds a run's checkpoints. It need not exist yet.</summary>
public sealed class CheckpointStore(string root, ICheckpointFileSystem? fileSystem = null)
{
    private readonly ICheckpointFileSystem _files = fileSystem ?? DiskFileSystem.Instance;

    public string Root { get; } = Path.GetFullPath(root);

    public string DirectoryOf(long step) => Path.Combine(Root, CheckpointNames.OfStep(step));

    /// <summary>Oldest first, those being saved included.</summary>
    public IReadOnlyList<CheckpointListing> List() =>
        [.. Find("").Concat(Find(CheckpointNames.Saving)).OrderBy(found => found.Step)
            .Select(found => ListOne(found.Directory, found.Step))];

    /// <summary>Reads and hashes a checkpoint.</summary>
    /// <returns>What is wrong with it; nothing when it is whole.</returns>
    public static IReadOnlyList<string> Verify(string directory) => Checkpoint.Examine(directory).Problems;

    /// <summary>Reads and hashes checkpoints from the newest on until one is whole.</summary>
    public CheckpointSearch FindNewestWhole()
    {
        var damaged = new List<DamagedCheckpoint>();
        foreach (var (directory, step) in Find("").OrderByDescending(found => found.Step))
        {
            var (checkpoint, problems) = Checkpoint.Examine(directory);
            if (checkpoint is not null)
            {
                return new CheckpointSearch(checkpoint, damaged);
            }

            damaged.Add(new DamagedCheckpoint(directory, step, problems));
        }

        return new CheckpointSearch(null, damaged);
    }

    /// <summary>
    /// Removes whole checkpoints (at first sight) except the newest <paramref name="keep"/>. Damaged ones stay, as evidence.
    /// </summary>
    /// <param name="keep">At least 1.</param>
    /// <param name="protect">Directories that stay whatever their age.</param>
    /// <returns>The directories removed.</returns>
    public IReadOnlyList<string> Prune(int keep, IReadOnlyCollection<string> protect)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keep);
        var kept = protect.Select(Path.GetFullPath).ToHashSet();
        var removed = List().Where(listing => listing.Status == CheckpointStatus.Whole).Reverse().Skip(keep)
            .Select(listing => listing.Directory).Where(directory => !kept.Contains(directory)).ToList();
        foreach (var directory in removed)
        {
            // Renamed first: an interrupted removal must not look like a damaged checkpoint.
            _files.Rename(directory, directory + CheckpointNames.Pruned);
            _files.DeleteDirectory(directory + CheckpointNames.Pruned);
        }

        return removed;
    }

    /// <summary>Tidies up after saves and removals that were interrupted. Call it at the start, before anyone writes here.</summary>
    /// <returns>What was done, a sentence each.</returns>
    public IReadOnlyList<string> RemoveLeftovers()
    {
        var done = new List<string>();
        foreach (var suffix in new[] { CheckpointNames.Saving, CheckpointNames.Pruned, CheckpointNames.Replaced })
        {
            foreach (var (leftover, step) in Find(suffix).OrderBy(found => found.Step))
            {
                if (suffix == CheckpointNames.Replaced && !Directory.Exists(DirectoryOf(step)))
                {
                    _files.Rename(leftover, DirectoryOf(step));
                    _files.SyncDirectory(Root);
                    done.Add($"Put {DirectoryOf(step)} back, whose replacement was interrupted.");
                }
                else
                {
                    _files.DeleteDirectory(leftover);
                    var interrupted = suffix == CheckpointNames.Saving ? "save" : "removal";
                    done.Add($"Removed {leftover}, left over from an interrupted {interrupted}.");
                }
            }
        }

        return done;
    }

    /// <summary>A checkpoint wherever it lies, at first sight.</summary>
    public static CheckpointListing Glance(string directory) => ListOne(directory, Checkpoint.Glance(directory).Manifest?.Step ?? 0);

    private static CheckpointListing ListOne(string directory, long step)
    {
        var finished = !directory.EndsWith(CheckpointNames.Saving, StringComparison.Ordinal)
            && File.Exists(Path.Combine(directory, CheckpointNames.Manifest));
        var (manifest, problems) = Checkpoint.Glance(directory);
        var status = !finished ? CheckpointStatus.Incomplete : problems.Count == 0 ? CheckpointStatus.Whole : CheckpointStatus.Damaged;
        return new CheckpointListing(directory, step, status, manifest?.Files.Sum(file => file.Bytes) ?? 0, problems);
    }

    private IEnumerable<(string Directory, long Step)> Find(string wantedSuffix)
    {
        if (!Directory.Exists(Root))
        {
            yield break;
        }

        foreach (var directory in Directory.EnumerateDirectories(Root))
        {
            if (CheckpointNames.TryParse(Path.GetFileName(directory), out var step, out var suffix) && suffix == wantedSuffix)
            {
                yield return (directory, step);
            }
        }
    }
}
