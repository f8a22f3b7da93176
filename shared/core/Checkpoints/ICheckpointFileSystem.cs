namespace Inception.Distributed.Checkpoints;

/// <summary>
/// The operations through which checkpoints are written, listed, removed and set aside, so that tests can break each one. "Not there" is an
/// answer; a file system that can't answer throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>, as do all others.
/// </summary>
public interface ICheckpointFileSystem
{
    bool DirectoryExists(string path);

    /// <summary>Full paths of the directories and files in it; none when it is not there.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>In bytes; null: there is no such file.</summary>
    long? FindLength(string file);

    Stream OpenFile(string path);

    /// <summary>With its parents, each of whose names is on the disk when this returns. Fine when it is already there.</summary>
    void CreateDirectory(string path);

    /// <summary>Opens a file that must be new.</summary>
    Stream CreateFile(string path);

    /// <summary>Returns once everything written to a file of <see cref="CreateFile"/> is on the disk.</summary>
    void SyncFile(Stream file);

    /// <summary>Returns once the names in the directory are on the disk.</summary>
    void SyncDirectory(string path);

    /// <summary>Atomic, within one directory. A file replaces a file; a directory's new name must be free.</summary>
    void Rename(string source, string destination);

    /// <summary>Fine when it is not there.</summary>
    void DeleteFile(string path);

    /// <summary>With everything in it.</summary>
    void DeleteDirectory(string path);
}
