using System.Text;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>Follows a growing file of lines; a file that is cut short is followed from there. Whole lines only.</summary>
internal sealed class FileTail : IDisposable
{
    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly Action<string> _take;
    private readonly FileSystemWatcher _watcher;
    private long _position;

    /// <param name="path">Need not exist yet; its directory must.</param>
    /// <param name="take">Called with each line soon after it is there, one call at a time.</param>
    public FileTail(string path, Action<string> take)
    {
        (_path, _take) = (path, take);
        _watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path)) { NotifyFilter = NotifyFilters.Size | NotifyFilters.FileName | NotifyFilters.LastWrite };
        _watcher.Changed += (_, _) => Read();
        _watcher.Created += (_, _) => Read();
        _watcher.Renamed += (_, _) => Read();
        _watcher.EnableRaisingEvents = true;
        Read();
    }

    /// <summary>Takes what is there and has not been told of yet.</summary>
    public void Read()
    {
        lock (_lock)
        {
            if (!File.Exists(_path)) return;
            using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            _position = Math.Min(_position, file.Length);
            file.Position = _position;
            var bytes = new byte[file.Length - _position];
            file.ReadExactly(bytes);
            var whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
            foreach (var line in Encoding.UTF8.GetString(bytes, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries)) _take(line);
            _position += whole;
        }
    }

    public void Dispose() => _watcher.Dispose();
}
