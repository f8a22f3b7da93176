using System.Security.Cryptography;
using System.Text;

namespace Inception.Distributed.Worker.Data.Archives;

/// <summary>
/// A directory of index files, one for each dataset. Of several workers on a host one builds an index while the others wait for it.
/// </summary>
/// <param name="directory">Empty: <c>inception-distributed</c> in the user's cache directory (XDG_CACHE_HOME, else ~/.cache).</param>
/// <param name="tell">Told, as a sentence, what takes long and why.</param>
internal sealed class ArchiveIndexCache(string directory, Action<string> tell)
{
    // A lock of another process: there is no event to wait for.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);
    private static readonly ManualResetEventSlim Never = new();

    private readonly string _directory = directory.Length > 0 ? directory : DefaultDirectory();

    public Action<string> Tell { get; } = tell;

    /// <param name="kind">What else decides on the index, e.g. format and split.</param>
    /// <param name="files">Every file that the index depends on.</param>
    public ArchiveIndex FindOrBuild(string kind, IReadOnlyList<string> files, Func<ArchiveIndex> build)
    {
        var key = $"{kind}\n{string.Join('\n', files.Select(Path.GetFullPath))}";
        var path = Path.Combine(_directory, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..16]}.index");
        var stamp = ArchiveIndexFile.StampOf(files);
        if (ArchiveIndexFile.TryLoad(path, stamp, out var reason) is { } ready) return ready;
        if (reason is not null) Tell($"The index {path} {reason}; it is built again.");

        using var turn = TakeTurn(path);
        if (turn is not null && ArchiveIndexFile.TryLoad(path, stamp, out _) is { } others) return others;
        Tell($"Indexing {files[0]}{(files.Count > 1 ? $" and {files.Count - 1} more files" : "")}, once: {path}");
        var index = build();
        Save(path, stamp, index);
        return index;
    }

    private void Save(string path, string stamp, ArchiveIndex index)
    {
        try
        {
            ArchiveIndexFile.Save(path, stamp, index);
            Tell($"Indexed {index.Count} images.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Tell($"Indexed {index.Count} images, but the index can't be kept ({exception.Message}): the next start will build it again. Give a writable data.cache.");
        }
    }

    /// <returns>Held until disposed; null where the directory can't be written, so that there is nothing to wait for.</returns>
    private FileStream? TakeTurn(string path)
    {
        var waiting = false;
        while (true)
        {
            try
            {
                Directory.CreateDirectory(_directory);
                return new FileStream($"{path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (Exception exception) when (exception is UnauthorizedAccessException or DirectoryNotFoundException)
            {
                return null;
            }
            catch (IOException) when (File.Exists($"{path}.lock"))
            {
                if (!waiting) Tell($"Another worker is building {path}; waiting for it.");
                waiting = true;
                Never.Wait(LookAgain);
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    private static string DefaultDirectory()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(cache)) cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "inception-distributed");
    }
}
