using System.Formats.Tar;
using System.Globalization;
using System.Text.Json;

namespace Inception.Distributed.Worker.Data.Tools;

/// <summary>
/// Where shards are packed to. <c>pack.json</c> says what is packed there and how: an interrupted run is gone on with only by the same.
/// <c>classes.txt</c> is written last.
/// </summary>
internal sealed class PackDirectory
{
    private const string Description = "pack.json";
    private const string ClassNames = "classes.txt";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _directory;

    private PackDirectory(string directory) => _directory = directory;

    /// <exception cref="UserErrorException">Something else is there, or it can't be made.</exception>
    public static PackDirectory Open(string directory, IDataset dataset, PackOptions options)
    {
        var wanted = new PackDescription(dataset.Digest, dataset.Count, options.Size, options.Quality, options.ShardSamples);
        var path = Path.Combine(directory, Description);
        try
        {
            Directory.CreateDirectory(directory);
            if (File.Exists(path)) Require(path, wanted);
            else if (Directory.EnumerateFileSystemEntries(directory).Any()) throw new UserErrorException(directory, "holds files of something else; give a new or an empty directory");
            else File.WriteAllText(path, JsonSerializer.Serialize(wanted, Json) + "\n");
            return new PackDirectory(directory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(directory, $"can't be written: {error.Message}");
        }
    }

    public string ShardPath(int shard) => Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"{shard:000000}.tar"));

    /// <exception cref="UserErrorException">It was not packed here.</exception>
    public static int ImagesIn(string shard)
    {
        try
        {
            using var file = File.OpenRead(shard);
            using var tar = new TarReader(file);
            var images = 0;
            while (tar.GetNextEntry() is { } entry) if (entry.Name.EndsWith(".jpg", StringComparison.Ordinal)) images++;
            return images;
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new UserErrorException(shard, $"is no shard ({damaged.Message}); delete it and run again");
        }
    }

    public void WriteClassNames(IReadOnlyList<string> names)
    {
        if (names.Count > 0) File.WriteAllText(Path.Combine(_directory, ClassNames), string.Concat(names.Select(name => $"{name}\n")));
    }

    private static void Require(string path, PackDescription wanted)
    {
        PackDescription? found;
        try
        {
            found = JsonSerializer.Deserialize<PackDescription>(File.ReadAllText(path), Json);
        }
        catch (JsonException)
        {
            found = null;
        }

        if (found is null) throw new UserErrorException(path, "is not what this command writes; give a new directory");
        if (found == wanted) return;
        var differences = new List<string>();
        if (found.Dataset != wanted.Dataset) differences.Add("another dataset");
        if (found.Size != wanted.Size) differences.Add($"--size {found.Size}");
        if (found.Quality != wanted.Quality) differences.Add($"--quality {found.Quality}");
        if (found.ShardSamples != wanted.ShardSamples) differences.Add($"--shard-size {found.ShardSamples}");
        throw new UserErrorException(path, $"packed from {string.Join(", ", differences)}; give the same to go on with it, or a new directory");
    }

    private sealed record PackDescription(string Dataset, long Samples, int Size, int Quality, int ShardSamples);
}
