namespace Inception.Distributed.Checkpoints;

public sealed record DamagedCheckpoint(string Directory, long Step, IReadOnlyList<string> Problems, CheckpointDamage Damage);

/// <summary>The newest whole checkpoint, if there is one, and newer ones that are not whole.</summary>
public sealed record CheckpointSearch(Checkpoint? Newest, IReadOnlyList<DamagedCheckpoint> Damaged);

/// <summary>
/// The directory that holds a run's checkpoints. It need not exist yet. Several processes may use it at once: each change is a rename or a
/// file that appears or goes.
/// </summary>
public sealed class CheckpointStore(string root, ICheckpointFileSystem? fileSystem = null)
{
    private readonly ICheckpointFileSystem _files = fileSystem ?? DiskFileSystem.Instance;

    public string Root { get; } = Path.GetFullPath(root);

    public string DirectoryOf(long step) => Path.Combine(Root, CheckpointNames.OfStep(step));

    /// <summary>Oldest first, those being saved and those set aside included.</summary>
    public IReadOnlyList<CheckpointListing> List()
    {
        var entries = Entries();
        var pinned = entries.Where(entry => entry.Suffix == CheckpointNames.Pinned).Select(entry => entry.Step).ToHashSet();
        return [.. entries.Where(entry => entry.Suffix is "" or CheckpointNames.Saving or CheckpointNames.Damaged)
            .OrderBy(entry => entry.Step).ThenBy(entry => entry.Path, StringComparer.Ordinal)
            .Select(entry => CheckpointExamination.Glance(entry.Path, entry.Step, _files) is var listing && entry.Suffix.Length == 0
                ? listing with { IsPinned = pinned.Contains(entry.Step) }
                : listing with { Status = entry.Suffix == CheckpointNames.Saving ? CheckpointStatus.Incomplete : CheckpointStatus.Quarantined })];
    }

    /// <summary>Reads and hashes a checkpoint.</summary>
    /// <returns>What is wrong with it; nothing when it is whole.</returns>
    public static IReadOnlyList<string> Verify(string directory) => CheckpointExamination.Of(directory, DiskFileSystem.Instance).Problems;

    /// <summary>Reads and hashes checkpoints from the newest on until one is whole.</summary>
    /// <param name="isWanted">Others are passed by, without being damaged; null: all are.</param>
    public CheckpointSearch FindNewestWhole(Func<CheckpointState, bool>? isWanted = null)
    {
        var damaged = new List<DamagedCheckpoint>();
        // One that was being replaced when its successor's writer ended is as good as any.
        foreach (var (directory, step, _) in Entries().Where(entry => entry.Suffix is "" or CheckpointNames.Replaced)
            .OrderByDescending(entry => entry.Step).ThenBy(entry => entry.Suffix.Length))
        {
            var (checkpoint, damage, problems) = CheckpointExamination.Of(directory, _files);
            if (checkpoint is not null && (isWanted?.Invoke(checkpoint.State) ?? true)) return new CheckpointSearch(checkpoint, damaged);
            if (checkpoint is null) damaged.Add(new DamagedCheckpoint(directory, step, problems, damage));
        }

        return new CheckpointSearch(null, damaged);
    }

    /// <summary>
    /// Sets a checkpoint aside whose content is damaged, under a name that says in what: no run goes on from it, and no retention removes it.
    /// Others are left where they are: a file system may answer again, and another version of this program reads other versions.
    /// </summary>
    /// <returns>Its new path; null: left.</returns>
    public string? Quarantine(DamagedCheckpoint damaged)
    {
        if (damaged.Damage is CheckpointDamage.None or CheckpointDamage.Unreadable or CheckpointDamage.Version) return null;
        var wish = $"{DirectoryOf(damaged.Step)}{CheckpointNames.Damaged}-{damaged.Damage.ToString().ToLowerInvariant()}";
        var name = wish;
        for (var number = 2; _files.DirectoryExists(name); number++) name = FormattableString.Invariant($"{wish}-{number}");
        _files.Rename(damaged.Directory, name);
        _files.SyncDirectory(Root);
        return name;
    }

    /// <summary>Retention leaves the checkpoint until <see cref="Unpin"/>, whatever its age.</summary>
    /// <returns>False: there is no such checkpoint, or it was removed at this moment.</returns>
    public bool Pin(long step)
    {
        var mark = DirectoryOf(step) + CheckpointNames.Pinned;
        if (!_files.DirectoryExists(DirectoryOf(step))) return false;
        if (_files.FindLength(mark) is null)
        {
            using var file = _files.CreateFile(mark);
            _files.SyncFile(file);
        }

        _files.SyncDirectory(Root);
        // A removal renames it first and looks for the mark then: one of the two sees the other.
        if (_files.DirectoryExists(DirectoryOf(step))) return true;
        _files.DeleteFile(mark);
        return false;
    }

    /// <returns>False: it was not pinned.</returns>
    public bool Unpin(long step)
    {
        if (!IsPinned(step)) return false;
        _files.DeleteFile(DirectoryOf(step) + CheckpointNames.Pinned);
        return true;
    }

    /// <summary>Removes a checkpoint, except where it is pinned or somebody is reading it.</summary>
    /// <returns>True: it is gone, if not by this call.</returns>
    internal bool Remove(CheckpointListing checkpoint)
    {
        if (CheckpointLease.IsTaken(checkpoint.Directory)) return false;
        // Renamed first: an interrupted removal must not look like a damaged checkpoint.
        var aside = checkpoint.Directory + CheckpointNames.Pruned;
        try
        {
            if (_files.DirectoryExists(aside)) _files.DeleteDirectory(aside);
            _files.Rename(checkpoint.Directory, aside);
        }
        catch (IOException) when (!_files.DirectoryExists(checkpoint.Directory))
        {
            return true;
        }

        if (IsPinned(checkpoint.Step))
        {
            _files.Rename(aside, checkpoint.Directory);
            return false;
        }

        _files.SyncDirectory(Root);
        _files.DeleteDirectory(aside);
        return true;
    }

    internal CheckpointExamination Examine(string directory) => CheckpointExamination.Of(directory, _files);

    /// <summary>Tidies up after saves and removals that were interrupted. Call it at the start, before anyone writes here.</summary>
    /// <returns>What was done, a sentence each.</returns>
    public IReadOnlyList<string> RemoveLeftovers()
    {
        var done = new List<string>();
        foreach (var (leftover, step, suffix) in Entries().OrderBy(entry => entry.Step))
        {
            switch (suffix)
            {
                case CheckpointNames.Replaced when !_files.DirectoryExists(DirectoryOf(step)):
                    _files.Rename(leftover, DirectoryOf(step));
                    _files.SyncDirectory(Root);
                    done.Add($"Put {DirectoryOf(step)} back, whose replacement was interrupted.");
                    break;
                case CheckpointNames.Saving or CheckpointNames.Pruned or CheckpointNames.Replaced:
                    _files.DeleteDirectory(leftover);
                    var interrupted = suffix == CheckpointNames.Saving ? "save" : "removal";
                    done.Add($"Removed {leftover}, left over from an interrupted {interrupted}.");
                    break;
                case CheckpointNames.Pinned when !_files.DirectoryExists(DirectoryOf(step)):
                    _files.DeleteFile(leftover);
                    break;
            }
        }

        return done;
    }

    /// <summary>
    /// Removes what writers that are gone have left half written. Should one of them write after all, its save fails, as on a disk that fails.
    /// </summary>
    /// <param name="upTo">Steps past it are left alone: they may have begun a moment ago.</param>
    /// <param name="writing">Steps that are being written.</param>
    public void RemoveUnfinished(long upTo, IReadOnlySet<long> writing)
    {
        foreach (var (path, step, suffix) in Entries())
        {
            if (suffix == CheckpointNames.Saving && step <= upTo && !writing.Contains(step)) _files.DeleteDirectory(path);
        }
    }

    /// <summary>A checkpoint wherever it lies, at first sight.</summary>
    public static CheckpointListing Glance(string directory) => CheckpointExamination.Glance(directory, 0, DiskFileSystem.Instance);

    private bool IsPinned(long step) => _files.FindLength(DirectoryOf(step) + CheckpointNames.Pinned) is not null;

    private List<(string Path, long Step, string Suffix)> Entries()
    {
        var entries = new List<(string, long, string)>();
        foreach (var path in _files.List(Root))
        {
            if (CheckpointNames.TryParse(Path.GetFileName(path), out var step, out var suffix)) entries.Add((path, step, suffix));
        }

        return entries;
    }
}
