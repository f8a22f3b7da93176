using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Tests.Checkpoints;

/// <summary>The disk until its n-th change, which and all after which fail: the program as it is killed there.</summary>
internal sealed class InterruptedFileSystem(int operations) : ICheckpointFileSystem
{
    private static readonly DiskFileSystem Disk = DiskFileSystem.Instance;
    private int _left = operations;

    public bool Interrupted => _left < 0;

    public void CreateDirectory(string path) => Next().CreateDirectory(path);

    public Stream CreateFile(string path) => Next().CreateFile(path);

    public void SyncFile(Stream file) => Next().SyncFile(file);

    public void SyncDirectory(string path) => Next().SyncDirectory(path);

    public void Rename(string source, string destination) => Next().Rename(source, destination);

    public void DeleteDirectory(string path) => Next().DeleteDirectory(path);

    private DiskFileSystem Next() => --_left >= 0 ? Disk : throw new IOException("Interrupted.");
}
