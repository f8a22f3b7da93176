using Microsoft.Win32.SafeHandles;

namespace Inception.Distributed.Worker.Data.Archives;

/// <summary>Reads ranges of many files by position, with a bounded number of them open. Any thread.</summary>
internal sealed class ArchiveFiles(IReadOnlyList<string> paths, int openAtMost = 64)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, (SafeFileHandle Handle, long Used)> _open = [];
    private long _clock;

    /// <exception cref="UserErrorException">The file is gone, is shorter than it was, or the disk fails.</exception>
    public void Read(int file, long offset, Span<byte> bytes)
    {
        try
        {
            var done = 0;
            while (done < bytes.Length)
            {
                var read = ReadSome(file, offset + done, bytes[done..]);
                if (read == 0) throw new UserErrorException(paths[file], $"The file ends before byte {offset + bytes.Length}: it has changed since its index was built.");
                done += read;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(paths[file], $"Can't read the file: {exception.Message}");
        }
    }

    private int ReadSome(int file, long offset, Span<byte> bytes)
    {
        while (true)
        {
            try
            {
                return RandomAccess.Read(Open(file), bytes, offset);
            }
            catch (ObjectDisposedException)
            {
                // Another thread needed room between the two calls; the handle is opened again.
            }
        }
    }

    private SafeFileHandle Open(int file)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue(file, out var entry))
            {
                if (_open.Count >= openAtMost) Close(_open.MinBy(candidate => candidate.Value.Used).Key);
                entry = (File.OpenHandle(paths[file], options: FileOptions.RandomAccess), 0);
            }

            _open[file] = entry with { Used = ++_clock };
            return entry.Handle;
        }
    }

    private void Close(int file)
    {
        _open[file].Handle.Dispose();
        _open.Remove(file);
    }
}
