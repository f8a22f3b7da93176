namespace Inception.Distributed.Checkpoints;

/// <summary>What users may name where a checkpoint is wanted: its directory, a run's, or a run's <c>checkpoints</c>.</summary>
public static class CheckpointPath
{
    /// <summary>Is the directory itself a checkpoint?</summary>
    public static bool IsCheckpoint(string directory) => File.Exists(Path.Combine(directory, CheckpointNames.Manifest));

    /// <summary>The directory that holds the checkpoints of a run, whether that or the run's was named.</summary>
    public static string RootOf(string directory) =>
        Path.Combine(directory, "checkpoints") is var inRun && Directory.Exists(inRun) ? inRun : directory;

    /// <summary>The checkpoint named, or the newest whole one of the run named. Reads and hashes all of it.</summary>
    /// <param name="where">For messages: the argument or field that names it.</param>
    /// <exception cref="UserErrorException">There is none that is whole.</exception>
    public static Checkpoint Open(string directory, string where)
    {
        if (!Directory.Exists(directory)) throw new UserErrorException(where, $"there is no directory {directory}");
        if (IsCheckpoint(directory))
        {
            var (checkpoint, _, problems) = CheckpointExamination.Of(directory, DiskFileSystem.Instance);
            return checkpoint ?? throw new UserErrorException(where, $"the checkpoint {directory} is damaged: {string.Join("; ", problems)}");
        }

        var search = new CheckpointStore(RootOf(directory)).FindNewestWhole();
        return search.Newest ?? throw new UserErrorException(
        [
            new Problem(where, $"{directory} holds no whole checkpoint; give a checkpoint's directory, or a run's for its newest one"),
            .. search.Damaged.Select(damaged => new Problem(damaged.Directory, $"is damaged: {string.Join("; ", damaged.Problems)}")),
        ]);
    }
}
