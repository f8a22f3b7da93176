using System.IO.Compression;

namespace Inception.Distributed.Checkpoints.PyTorch;

/// <summary>
/// The zip archive that <c>torch.save</c> writes: records under one directory, none compressed. Compressed records are refused, so an
/// archive never unpacks to more than its own length.
/// </summary>
internal sealed class TorchArchive : IDisposable
{
    private const string Pickle = "/data.pkl";
    private const int MostRecords = 100_000;

    private readonly ZipArchive _archive;
    private readonly string _path;
    private readonly string _directory;
    private readonly Dictionary<string, ZipArchiveEntry> _records;

    private TorchArchive(ZipArchive archive, string path, string directory, Dictionary<string, ZipArchiveEntry> records) =>
        (_archive, _path, _directory, _records) = (archive, path, directory, records);

    /// <exception cref="TorchFileException">The file is no such archive.</exception>
    public static TorchArchive Open(string path)
    {
        var file = File.OpenRead(path);
        try
        {
            RequireZip(file, path);
            var archive = new ZipArchive(file, ZipArchiveMode.Read);
            return new TorchArchive(archive, path, DirectoryOf(archive, path), RecordsOf(archive, path, file.Length));
        }
        catch (Exception exception) when (exception is InvalidDataException or OverflowException or ArgumentException)
        {
            file.Dispose();
            throw new TorchFileException(path, $"The archive is broken or cut short: {exception.Message}");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <returns>The record's length in bytes, or -1 when there is none.</returns>
    public long LengthOf(string record) => _records.GetValueOrDefault(_directory + record)?.Length ?? -1;

    /// <summary>Reads a record and checks its CRC-32.</summary>
    public byte[] Read(string record)
    {
        try
        {
            var entry = _records.GetValueOrDefault(_directory + record) ?? throw new TorchFileException(_path, $"There is no record '{record}'.");
            if (entry.Length > Array.MaxLength)
            {
                throw new TorchFileException(_path, $"The record '{record}' of {entry.Length} bytes is longer than the 2 GiB that are read.");
            }

            var content = new byte[entry.Length];
            using var stream = entry.Open();
            stream.ReadExactly(content);
            return Crc32.Of(content) == entry.Crc32
                ? content
                : throw new TorchFileException(_path, $"The record '{record}' is damaged: its CRC-32 is not the one in the archive's directory.");
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new TorchFileException(_path, $"The record '{record}' can't be read: {exception.Message}");
        }
    }

    public void Dispose() => _archive.Dispose();

    private static void RequireZip(FileStream file, string path)
    {
        Span<byte> start = stackalloc byte[4];
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        if (length >= 1 && start[0] == 0x80)
        {
            throw new TorchFileException(path, "This is torch.save's format from before PyTorch 1.6, which can't be read without running it. "
                + "Save it anew with PyTorch, if you trust it: torch.save(torch.load('old.pth', map_location='cpu'), 'new.pth').");
        }

        if (!start[..length].SequenceEqual("PK\x03\x04"u8))
        {
            throw new TorchFileException(path, "This is no zip archive, and so no file of torch.save.");
        }
    }

    private static string DirectoryOf(ZipArchive archive, string path)
    {
        var pickles = archive.Entries.Where(entry => entry.FullName.EndsWith(Pickle, StringComparison.Ordinal)).ToList();
        if (pickles.Count != 1)
        {
            throw new TorchFileException(path, $"The archive has {pickles.Count} records data.pkl, and a file of torch.save has one.");
        }

        var directory = pickles[0].FullName[..^(Pickle.Length - 1)];
        return archive.GetEntry(directory + "constants.pkl") is null
            ? directory
            : throw new TorchFileException(path, "This is a TorchScript module, which is code. Save its state_dict() instead.");
    }

    private static Dictionary<string, ZipArchiveEntry> RecordsOf(ZipArchive archive, string path, long fileLength)
    {
        var records = new Dictionary<string, ZipArchiveEntry>();
        var total = 0L;
        foreach (var entry in archive.Entries)
        {
            total = checked(total + entry.Length);
            if (entry.Length != entry.CompressedLength || entry.Length < 0)
            {
                throw new TorchFileException(path, $"The record '{entry.FullName}' is compressed, which torch.save never does.");
            }

            if (!records.TryAdd(entry.FullName, entry) || records.Count > MostRecords)
            {
                throw new TorchFileException(path, $"There are two records '{entry.FullName}', or more than {MostRecords} in all.");
            }
        }

        return total <= fileLength
            ? records
            : throw new TorchFileException(path, $"Records of {total} bytes don't fit into a file of {fileLength}: they overlap or are cut short.");
    }
}
