namespace Inception.Distributed.Tests.Checkpoints;

internal sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory() => Path = Directory.CreateTempSubdirectory("inception-").FullName;

    private TemporaryDirectory(string path) => Path = path;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>For tests that save thousands of times: nothing waits for a disk, where the system has such a place.</summary>
    public static TemporaryDirectory InMemory()
    {
        const string Memory = "/dev/shm";
        return Directory.Exists(Memory)
            ? new TemporaryDirectory(Directory.CreateDirectory(System.IO.Path.Combine(Memory, $"inception-{Guid.NewGuid():N}")).FullName)
            : new TemporaryDirectory();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
