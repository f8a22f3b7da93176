using System.CommandLine;
using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Cli.Commands;

/// <summary>A run's directory, its <c>checkpoints</c> directory or a single checkpoint, as the commands on checkpoints take it.</summary>
internal static class CheckpointArgument
{
    public static Argument<string> Create() => new("DIR") { Description = "A run's directory, its checkpoints directory, or a checkpoint." };

    public static Option<bool> CreateJson() => new("--json") { Description = "Print the result as JSON." };

    /// <returns>The checkpoints in it, oldest first; at least one.</returns>
    /// <exception cref="UserErrorException">There is none.</exception>
    public static IReadOnlyList<CheckpointListing> List(string directory)
    {
        RequireDirectory(directory);
        return Read(directory, () =>
        {
            if (CheckpointPath.IsCheckpoint(directory)) return [CheckpointStore.Glance(directory)];
            var checkpoints = new CheckpointStore(CheckpointPath.RootOf(directory)).List();
            return checkpoints.Count > 0
                ? checkpoints
                : throw new UserErrorException(directory, "holds no checkpoint; give a run's directory, its checkpoints directory, or a checkpoint");
        });
    }

    /// <summary>What retention would say of them, with what their evaluations came to.</summary>
    public static IReadOnlyList<Retained> ListWithAccuracy(string directory) => Retention.Decide(
        new RetentionPolicy(1), List(directory), Read(directory, () => EvaluatedSteps.Read(FileOfRun(directory, "evaluations.jsonl"))),
        new HashSet<string>(), DateTimeOffset.UnixEpoch);

    public static void RequireDirectory(string directory)
    {
        if (!Directory.Exists(directory)) throw new UserErrorException(directory, "no such directory");
    }

    /// <summary>A file of the run that the checkpoint or checkpoints named belong to.</summary>
    public static string FileOfRun(string directory, string name)
    {
        var root = Path.GetFullPath(CheckpointPath.IsCheckpoint(directory) ? Path.Combine(directory, "..") : CheckpointPath.RootOf(directory));
        return Path.Combine(Path.GetDirectoryName(root) ?? root, name);
    }

    /// <exception cref="UserErrorException">The file system does not give what is asked for.</exception>
    public static T Read<T>(string directory, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(directory, error.Message);
        }
    }
}
