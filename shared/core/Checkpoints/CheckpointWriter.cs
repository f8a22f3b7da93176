using System.Security.Cryptography;

namespace Inception.Distributed.Checkpoints;

/// <summary>A checkpoint on the disk. The manifest's SHA-256 (lower-case hex) stands for all of it.</summary>
public sealed record CommittedCheckpoint(string Directory, string ManifestSha256, long Bytes);

/// <summary>
/// Writes one checkpoint: everything goes into a directory beside the final one, the manifest last, and the directory gets its name once
/// all of it is on the disk. So a checkpoint is there whole or not at all, whenever the program or the machine stops. Hashes are computed
/// from what is written, in passing. One thread; disposing without <see cref="Commit"/> removes what was written.
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
        _temporary = _directory + CheckpointNames.Saving;
        if (Directory.Exists(_temporary))
        {
            _files.DeleteDirectory(_temporary);
        }

        _files.CreateDirectory(_temporary);
    }

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
        _committed = true;
        return new CommittedCheckpoint(
            _directory, Convert.ToHexStringLower(SHA256.HashData(manifest)), manifest.Length + _written.Sum(file => file.Bytes));
    }

    public void Dispose()
    {
        if (!_committed && Directory.Exists(_temporary))
        {
            _files.DeleteDirectory(_temporary);
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
        var parent = Path.GetDirectoryName(_directory)!;
        var replaced = _directory + CheckpointNames.Replaced;
        var replaces = Directory.Exists(_directory);
        if (replaces)
        {
            _files.Rename(_directory, replaced);
        }

        _files.Rename(_temporary, _directory);
        _files.SyncDirectory(parent);
        if (replaces)
        {
            _files.DeleteDirectory(replaced);
        }
    }
}
