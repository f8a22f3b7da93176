using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Cli.Evaluation;

/// <summary>A checkpoint as users name one: its own directory, or a run's, which stands for the newest whole one.</summary>
internal static class CheckpointChoice
{
    /// <summary>Reads and hashes it.</summary>
    /// <returns>The checkpoint, never null, and newer ones of the run that are not whole.</returns>
    /// <exception cref="UserErrorException">There is none, or it is damaged.</exception>
    public static CheckpointSearch Find(string directory)
    {
        if (File.Exists(directory)) throw new UserErrorException(directory, "is a file; give a checkpoint's directory, or a run's");
        if (!Directory.Exists(directory)) throw new UserErrorException(directory, "no such directory; give a checkpoint's directory, or a run's");
        var full = Path.GetFullPath(directory);
        return File.Exists(Path.Combine(full, "manifest.json")) ? new CheckpointSearch(OpenOne(full), []) : FindNewest(directory, full);
    }

    /// <summary>A line for each checkpoint that would have been newer.</summary>
    public static IEnumerable<string> Warnings(CheckpointSearch search) => search.Damaged.Select(damaged =>
        $"warning: {damaged.Directory} is damaged, an older checkpoint is used: {string.Join("; ", damaged.Problems)}");

    private static Checkpoint OpenOne(string directory)
    {
        try
        {
            return Checkpoint.Open(directory);
        }
        catch (CheckpointException damage)
        {
            throw new UserErrorException("checkpoint", damage.Message);
        }
    }

    private static CheckpointSearch FindNewest(string given, string directory)
    {
        var search = new CheckpointStore(CheckpointPath.RootOf(directory)).FindNewestWhole();
        if (search.Newest is not null) return search;
        throw new UserErrorException(
        [
            new Problem(given, "holds no whole checkpoint; give a checkpoint's directory (it has a manifest.json), or a run's"),
            .. search.Damaged.Select(damaged => new Problem(damaged.Directory, $"is damaged: {string.Join("; ", damaged.Problems)}")),
        ]);
    }
}
