using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Inception.Distributed.Checkpoints;

/// <summary>The real file system.</summary>
public sealed partial class DiskFileSystem : ICheckpointFileSystem
{
    public static DiskFileSystem Instance { get; } = new();

    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    // Writers buffer already.
    public Stream CreateFile(string path) => new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);

    public void SyncFile(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    public void SyncDirectory(string path)
    {
        const int ReadOnlyCloseOnExec = 0x80000;
        using var directory = OpenDirectory(path, ReadOnlyCloseOnExec);
        if (directory.IsInvalid || FileSync(directory) != 0)
        {
            throw new IOException($"Can't sync the directory '{path}': {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    public void Rename(string source, string destination)
    {
        if (Directory.Exists(source))
        {
            Directory.Move(source, destination);
        }
        else
        {
            File.Move(source, destination, overwrite: true);
        }
    }

    public void DeleteDirectory(string path) => Directory.Delete(path, recursive: true);

    // .NET opens no directories.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenDirectory(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(SafeFileHandle file);
}
