namespace Inception.Distributed.Checkpoints;

/// <summary>
/// Keeps a checkpoint from being removed while it is about to be read, by a shared lock of its manifest (<c>flock</c>): the system lets go
/// of it however the process ends, so none is ever left over. On file systems without locks it keeps nothing.
/// </summary>
public sealed class CheckpointLease : IDisposable
{
    private readonly FileStream _manifest;

    private CheckpointLease(FileStream manifest) => _manifest = manifest;

    /// <exception cref="IOException">The checkpoint is not there, or is being removed.</exception>
    public static CheckpointLease Take(string directory) =>
        new(new FileStream(Path.Combine(directory, CheckpointNames.Manifest), FileMode.Open, FileAccess.Read, FileShare.Read));

    public void Dispose() => _manifest.Dispose();

    internal static bool IsTaken(string directory)
    {
        try
        {
            using var alone = new FileStream(Path.Combine(directory, CheckpointNames.Manifest), FileMode.Open, FileAccess.Read, FileShare.None);
            return false;
        }
        catch (IOException exception)
        {
            return exception is not (FileNotFoundException or DirectoryNotFoundException);
        }
    }
}
