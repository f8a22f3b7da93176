using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Inception.Distributed.Checkpoints;

/// <summary>The real file system.</summary>
public sealed partial class DiskFileSystem : ICheckpointFileSystem
{
    public static DiskFileSystem Instance { get; } = new();

    // Directory.Exists takes every error for "no".
    public bool DirectoryExists(string path) => Find(() => File.GetAttributes(path).HasFlag(FileAttributes.Directory));

    public IReadOnlyList<string> List(string directory) => Find(() => Directory.GetFileSystemEntries(directory)) ?? [];

    public long? FindLength(string file) => Find<long?>(() =>
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return RandomAccess.GetLength(handle);
    });

    public Stream OpenFile(string path) => File.OpenRead(path);

    public void CreateDirectory(string path)
    {
        var missing = new Stack<string>();
        for (var at = Path.GetFullPath(path); at is not null && !DirectoryExists(at); at = Path.GetDirectoryName(at)) missing.Push(at);
        foreach (var directory in missing)
        {
            Directory.CreateDirectory(directory);
            SyncDirectory(Path.GetDirectoryName(directory)!);
        }
    }

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
        if (DirectoryExists(source))
        {
            Directory.Move(source, destination);
        }
        else
        {
            File.Move(source, destination, overwrite: true);
        }
    }

    public void DeleteFile(string path) => File.Delete(path);

    public void DeleteDirectory(string path) => Directory.Delete(path, recursive: true);

    private static T? Find<T>(Func<T> find)
    {
        try
        {
            return find();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return default;
        }
    }

    // .NET opens no directories.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenDirectory(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(SafeFileHandle file);
}
