using System.Formats.Tar;
using System.Globalization;
using System.Text;

namespace Inception.Distributed.Worker.Data.Tools;

/// <summary>
/// Writes a shard as WebDataset lays it out. Times, owners and modes are fixed, so that the same samples give the same bytes. It is written
/// beside its place and moved there when it is whole; one that is given up leaves nothing.
/// </summary>
internal sealed class ShardWriter : IDisposable
{
    private const int LongestStem = 60;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly TarWriter _tar;
    private bool _isWhole;

    public ShardWriter(string path)
    {
        _path = path;
        _file = new FileStream($"{path}.part", FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        _tar = new TarWriter(_file, TarEntryFormat.Ustar, leaveOpen: true);
    }

    /// <param name="key">From <see cref="KeyOf"/>.</param>
    public void Add(string key, byte[] jpeg, int label)
    {
        Write($"{key}.jpg", jpeg);
        Write($"{key}.cls", Encoding.ASCII.GetBytes(label.ToString(CultureInfo.InvariantCulture)));
    }

    /// <param name="name">Of the dataset: a path, or an archive's path and a name behind a colon.</param>
    /// <summary>The sample's number, so that keys are unique and sort as the dataset does, and what is left of its name.</summary>
    public static string KeyOf(long sample, string name)
    {
        var file = name[(name.LastIndexOf(": ", StringComparison.Ordinal) is >= 0 and var place ? place + 2 : 0)..];
        var stem = new string([.. Path.GetFileNameWithoutExtension(file).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' ? letter : '_')]);
        return string.Create(CultureInfo.InvariantCulture, $"{sample:00000000}_{(stem.Length > LongestStem ? stem[..LongestStem] : stem)}");
    }

    public void Finish()
    {
        _tar.Dispose();
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        File.Move($"{_path}.part", _path);
        _isWhole = true;
    }

    public void Dispose()
    {
        if (_isWhole) return;
        _tar.Dispose();
        _file.Dispose();
        File.Delete($"{_path}.part");
    }

    private void Write(string name, byte[] content) => _tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
    {
        ModificationTime = DateTimeOffset.UnixEpoch,
        Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        DataStream = new MemoryStream(content),
    });
}
