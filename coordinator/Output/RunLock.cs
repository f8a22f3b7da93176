namespace Inception.Distributed.Coordinator.Output;

/// <summary>Keeps a second coordinator out of a run's directory. The system lets go of it however the process ends.</summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <exception cref="UserErrorException">Another process holds it.</exception>
    public static RunLock Take(RunDirectory directory)
    {
        try
        {
            return new RunLock(new FileStream(directory.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error)
        {
            throw new UserErrorException("--output",
                $"{directory.Root} is in use by another coordinator ({error.Message}); wait for its end or choose another directory");
        }
    }

    public void Dispose() => _file.Dispose();
}
