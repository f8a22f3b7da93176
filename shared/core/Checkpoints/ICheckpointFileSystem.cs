namespace Inception.Distributed.Checkpoints;

/// <summary>
/// The operations through which checkpoints change a file system, so that tests can interrupt each one. Reading needs no seam.
/// All throw <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.
/// </summary>
public interface ICheckpointFileSystem
{
    /// <summary>With its parents. Fine when it is already there.</summary>
    void CreateDirectory(string path);

    /// <summary>Opens a file that must be new.</summary>
    Stream CreateFile(string path);

    /// <summary>Returns once everything written to a file of <see cref="CreateFile"/> is on the disk.</summary>
    void SyncFile(Stream file);

    /// <summary>Returns once the names in the directory are on the disk.</summary>
    void SyncDirectory(string path);

    /// <summary>Atomic, within one directory. A file replaces a file; a directory's new name must be free.</summary>
    void Rename(string source, string destination);

    void DeleteDirectory(string path);
}
