using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Tests.Checkpoints;

/// <summary>The disk, for tests that change one thing about it.</summary>
internal abstract class DelegatingFileSystem : ICheckpointFileSystem
{
    private static readonly DiskFileSystem Disk = DiskFileSystem.Instance;

    public virtual bool DirectoryExists(string path) => Disk.DirectoryExists(path);

    public virtual IReadOnlyList<string> List(string directory) => Disk.List(directory);

    public virtual long? FindLength(string file) => Disk.FindLength(file);

    public virtual Stream OpenFile(string path) => Disk.OpenFile(path);

    public virtual void CreateDirectory(string path) => Disk.CreateDirectory(path);

    public virtual Stream CreateFile(string path) => Disk.CreateFile(path);

    public virtual void SyncFile(Stream file) => Disk.SyncFile(file);

    public virtual void SyncDirectory(string path) => Disk.SyncDirectory(path);

    public virtual void Rename(string source, string destination) => Disk.Rename(source, destination);

    public virtual void DeleteFile(string path) => Disk.DeleteFile(path);

    public virtual void DeleteDirectory(string path) => Disk.DeleteDirectory(path);
}
