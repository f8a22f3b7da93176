using System.Globalization;
using System.Text;
using Inception.Distributed.Faults;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>Steers the library that makes disks fail (native/chaos/disk_faults.cpp) in all children. For any thread.</summary>
internal sealed class DiskControl
{
    private const int Size = 4096;
    private const string Library = "libinception_disk_faults.so";

    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly string _file;

    public DiskControl(string file)
    {
        _file = file;
        File.WriteAllBytes(file, new byte[Size]);
        Environment = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = Path.Combine(AppContext.BaseDirectory, Library),
            ["INCEPTION_DISK_FAULTS"] = file,
        };
    }

    /// <summary>What children need for it.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <param name="directory">Links resolved: of open files the system knows no other path.</param>
    /// <returns>Ends the fault.</returns>
    public IDisposable Begin(DiskFault fault, string directory)
    {
        var line = fault.Trouble switch
        {
            DiskTrouble.Full => $"full {directory}",
            DiskTrouble.Error => $"error {directory}",
            _ => string.Create(CultureInfo.InvariantCulture, $"slow {(long)Math.Ceiling(fault.Delay * 1000)} {directory}"),
        };
        Change(() => _lines.Add(line));
        return new End(() => Change(() => _lines.Remove(line)));
    }

    // In place and in one piece: the file is mapped by others.
    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
            var bytes = new byte[Size];
            Encoding.UTF8.GetBytes(string.Concat(_lines.Select(line => line + "\n")), bytes);
            using var file = new FileStream(_file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(bytes);
        }
    }

    private sealed class End(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
