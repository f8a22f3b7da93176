using System.Security.Cryptography;

namespace Inception.Distributed.Checkpoints;

/// <summary>A checkpoint on the disk. The manifest's SHA-256 (lower-case hex) stands for all of it.</summary>
public sealed record CommittedCheckpoint(string Directory, string ManifestSha256, long Bytes);

/// <summary>
/// Writes one checkpoint: everything goes into a directory beside the final one, the manifest last, and the directory gets its name once
/// all of it is on the disk. So a checkpoint is there whole or not at all, whenever the program or the machine stops. Hashes are computed
/// from what is written, in passing. One thread; disposing without <see cref="Commit"/> removes what was written, if the disk lets it.
/// Of two writers of the same checkpoint, the later one takes away what the earlier has not finished.
/// </summary>
public sealed class CheckpointWriter : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly ICheckpointFileSystem _files;
    private readonly string _directory;
    private readonly string _temporary;
    private readonly List<ManifestFile> _written = [];
    private bool _committed;

    /// <param name="directory">The checkpoint's final path, of <see cref="CheckpointStore.DirectoryOf"/>.</param>
    public CheckpointWriter(string directory, ICheckpointFileSystem? fileSystem = null)
    {
        _files = fileSystem ?? DiskFileSystem.Instance;
        _directory = Path.GetFullPath(directory);
        _temporary = $"{_directory}{CheckpointNames.Saving}-{Guid.NewGuid().ToString("N")[..8]}";
        foreach (var leftover in _files.List(Parent).Where(path => path.StartsWith(_directory + CheckpointNames.Saving, StringComparison.Ordinal)))
        {
            _files.DeleteDirectory(leftover);
        }

        _files.CreateDirectory(Parent);
        _files.CreateDirectory(_temporary);
    }

    private string Parent => Path.GetDirectoryName(_directory)!;

    private string Replaced => _directory + CheckpointNames.Replaced;

    /// <summary>Writes a file and waits until it is on the disk.</summary>
    /// <param name="write">Gets a buffered stream that can't seek.</param>
    public void AddFile(string name, Action<Stream> write)
    {
        if (name.Length == 0 || name != Path.GetFileName(name) || name == CheckpointNames.Manifest
            || _written.Any(file => file.Name == name))
        {
            throw new ArgumentException($"'{name}' is no name for another file of the checkpoint.", nameof(name));
        }

        _written.Add(WriteFile(name, write));
    }

    /// <summary>Makes the checkpoint count. One of the same step that is already there is replaced.</summary>
    public CommittedCheckpoint Commit(CheckpointState state)
    {
        ObjectDisposedException.ThrowIf(_committed, this);
        AddFile(CheckpointNames.State, output => output.Write(CheckpointJson.Write(state)));
        var manifest = CheckpointJson.Write(new CheckpointManifest { Step = state.Step, Files = _written });
        const string Aside = CheckpointNames.Manifest + ".new";
        WriteFile(Aside, output => output.Write(manifest));
        _files.Rename(Path.Combine(_temporary, Aside), Path.Combine(_temporary, CheckpointNames.Manifest));
        _files.SyncDirectory(_temporary);
        MoveIntoPlace();
        return new CommittedCheckpoint(
            _directory, Convert.ToHexStringLower(SHA256.HashData(manifest)), manifest.Length + _written.Sum(file => file.Bytes));
    }

    public void Dispose()
    {
        if (_committed) return;
        TidyUp(() =>
        {
            if (!_files.DirectoryExists(_directory) && _files.DirectoryExists(Replaced)) _files.Rename(Replaced, _directory);
            if (_files.DirectoryExists(_temporary)) _files.DeleteDirectory(_temporary);
        });
    }

    // What can't be tidied up counts for nothing, is listed as incomplete, and goes with the next save of this step or the next start. If
    // the save failed, the reason is on its way to the caller; if not, it is durable all the same.
    private static void TidyUp(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    private ManifestFile WriteFile(string name, Action<Stream> write)
    {
        using var file = _files.CreateFile(Path.Combine(_temporary, name));
        using var hashing = new HashingStream(file);
        using var buffered = new BufferedStream(hashing, BufferBytes);
        write(buffered);
        buffered.Flush();
        _files.SyncFile(file);
        return new ManifestFile(name, hashing.BytesWritten, hashing.TakeHash());
    }

    private void MoveIntoPlace()
    {
        var replaces = _files.DirectoryExists(_directory);
        if (replaces)
        {
            if (_files.DirectoryExists(Replaced)) _files.DeleteDirectory(Replaced);
            _files.Rename(_directory, Replaced);
        }

        _files.Rename(_temporary, _directory);
        _files.SyncDirectory(Parent);
        _committed = true;
        if (replaces) TidyUp(() => _files.DeleteDirectory(Replaced));
    }
}
