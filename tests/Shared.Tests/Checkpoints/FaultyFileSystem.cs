using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Tests.Checkpoints;

/// <summary>What a call to a file system may come to. The last two end the program, the second of them the machine.</summary>
internal enum Fault { NoSpace, InputOutput, ReadOnly, NoAccess, Crash, PowerLoss }

/// <summary>The program ends here: whatever it still does has no effect.</summary>
internal sealed class CrashException : Exception;

/// <summary>
/// The disk until its n-th call, counted from 0, which fails. Errors come once, or from then on. A machine that stops loses what was
/// written and not synced: a file's content from some place on, and the last of the changes of names, in the order in which they were made.
/// </summary>
internal sealed class FaultyFileSystem(string graveyard, int at, Fault fault, bool lasts = false, int seed = 0) : ICheckpointFileSystem
{
    private static readonly DiskFileSystem Disk = DiskFileSystem.Instance;
    private readonly Random _random = new(seed);
    private readonly List<(string Directory, Action Undo)> _names = [];
    private readonly HashSet<string> _contents = [];
    private int _calls;

    /// <summary>The fault has come.</summary>
    public bool IsStruck => _calls > at;

    public bool DirectoryExists(string path) => Do(() => Disk.DirectoryExists(path));

    public IReadOnlyList<string> List(string directory) => Do(() => Disk.List(directory));

    public long? FindLength(string file) => Do(() => Disk.FindLength(file));

    public Stream OpenFile(string path) => Do(() => new FaultyStream(Disk.OpenFile(path), this));

    public void CreateDirectory(string path)
    {
        if (Do(() => Disk.DirectoryExists(path))) return;
        if (!Directory.Exists(Path.GetDirectoryName(path))) CreateDirectory(Path.GetDirectoryName(path)!);
        Change(path, () => Directory.CreateDirectory(path), () => Directory.Delete(path, recursive: true));
        SyncDirectory(Path.GetDirectoryName(path)!);
    }

    public Stream CreateFile(string path)
    {
        Stream? file = null;
        Change(path, () => file = Disk.CreateFile(path), () => File.Delete(path));
        _contents.Add(path);
        return new FaultyStream(file!, this);
    }

    public void SyncFile(Stream file) => Do(() => _contents.Remove(((FileStream)((FaultyStream)file).Inner).Name));

    public void SyncDirectory(string path) => Do(() => _names.RemoveAll(name => name.Directory == path));

    public void Rename(string source, string destination) =>
        Change(source, () => Disk.Rename(source, destination), () => Disk.Rename(destination, source));

    public void DeleteFile(string path)
    {
        var grave = Path.Combine(graveyard, Guid.NewGuid().ToString("N"));
        Change(path, () => File.Move(path, grave), () => File.Move(grave, path));
    }

    public void DeleteDirectory(string path)
    {
        foreach (var file in Do(() => Directory.GetFiles(path))) DeleteFile(file);
        Change(path, () => Directory.Delete(path), () => Directory.CreateDirectory(path));
    }

    private void Change(string path, Action change, Action undo)
    {
        Do(() =>
        {
            change();
            return 0;
        });
        _names.Add((Path.GetDirectoryName(path)!, undo));
    }

    private T Do<T>(Func<T> call)
    {
        var number = _calls++;
        if (number < at || (number > at && !lasts && fault is not (Fault.Crash or Fault.PowerLoss))) return call();
        if (number == at && fault == Fault.PowerLoss) LosePower();
        throw fault switch
        {
            Fault.NoSpace => new IOException("No space left on device", 28),
            Fault.InputOutput => new IOException("Input/output error", 5),
            Fault.ReadOnly => new IOException("Read-only file system", 30),
            Fault.NoAccess => new UnauthorizedAccessException("Permission denied"),
            _ => new CrashException(),
        };
    }

    private void LosePower()
    {
        foreach (var path in _contents.Where(File.Exists))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
            file.SetLength(_random.NextInt64(file.Length + 1));
        }

        var lost = _random.Next(_names.Count + 1);
        foreach (var (_, undo) in _names.AsEnumerable().Reverse().Take(lost)) undo();
    }

    private sealed class FaultyStream(Stream inner, FaultyFileSystem files) : Stream
    {
        public Stream Inner => inner;

        public override bool CanRead => inner.CanRead;

        public override bool CanSeek => false;

        public override bool CanWrite => inner.CanWrite;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => files.Do(() => inner.Read(buffer, offset, count));

        public override void Write(byte[] buffer, int offset, int count) => files.Do(() =>
        {
            inner.Write(buffer, offset, count);
            return 0;
        });

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
