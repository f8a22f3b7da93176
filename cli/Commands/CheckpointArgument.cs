using System.CommandLine;
using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Cli.Commands;

/// <summary>A run's directory, its <c>checkpoints</c> directory or a single checkpoint, as the commands on checkpoints take it.</summary>
internal static class CheckpointArgument
{
    public static Argument<string> Create() => new("DIR") { Description = "A run's directory, its checkpoints directory, or a checkpoint." };

    /// <returns>The checkpoints in it, oldest first; at least one.</returns>
    /// <exception cref="UserErrorException">There is none.</exception>
    public static IReadOnlyList<CheckpointListing> List(string directory)
    {
        if (!Directory.Exists(directory)) throw new UserErrorException(directory, "no such directory");
        if (CheckpointPath.IsCheckpoint(directory)) return [CheckpointStore.Glance(directory)];
        var inRun = Path.Combine(directory, "checkpoints");
        var checkpoints = new CheckpointStore(Directory.Exists(inRun) ? inRun : directory).List();
        return checkpoints.Count > 0
            ? checkpoints
            : throw new UserErrorException(directory, "holds no checkpoint; give a run's directory, its checkpoints directory, or a checkpoint");
    }
}
