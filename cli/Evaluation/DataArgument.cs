using System.Globalization;
using Inception.Distributed.Jobs;
using Inception.Distributed.Text;

namespace Inception.Distributed.Cli.Evaluation;

/// <summary>
/// A set of images on the command line: <c>FORMAT:PATH[:SPLIT]</c>, or <c>synthetic:COUNT</c>. What follows the path's last colon is the
/// split unless it holds a slash.
/// </summary>
internal static class DataArgument
{
    private const string Option = "--data";
    private const string Allowed = "idx:DIRECTORY:test, imagefolder:DIRECTORY[:SUBDIRECTORY], imagenet:DIRECTORY:val, webdataset:DIRECTORY[:SUBDIRECTORY] (or a pattern of shards), or synthetic:COUNT";

    /// <exception cref="UserErrorException">It is no set of images.</exception>
    public static DatasetSpec Parse(string text)
    {
        if (text.Split(':', 2) is not [var name, { Length: > 0 } rest]) throw new UserErrorException(Option, $"'{text}' is no set of images; give {Allowed}");
        var format = Format(name);
        if (format == DatasetFormat.Synthetic)
        {
            return int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
                ? new DatasetSpec { Format = format, Limit = count }
                : throw new UserErrorException(Option, $"synthetic takes a number of images, not '{rest}'");
        }

        var colon = rest.LastIndexOf(':');
        var hasSplit = colon > 0 && !rest[colon..].Contains('/', StringComparison.Ordinal);
        var split = hasSplit ? rest[(colon + 1)..] : UsualSplit(format);
        if (format == DatasetFormat.Idx && split is not ("train" or "test"))
            throw new UserErrorException(Option, $"'{split}' is no split of an idx dataset; there are train and test");
        if (format == DatasetFormat.ImageNet && split is not ("train" or "val"))
            throw new UserErrorException(Option, $"'{split}' is no split of ImageNet; there are train and val");
        return new DatasetSpec { Format = format, Path = Path.GetFullPath(hasSplit ? rest[..colon] : rest), Split = split };
    }

    private static string UsualSplit(DatasetFormat format) => format switch
    {
        DatasetFormat.Idx => "test",
        DatasetFormat.ImageNet => "val",
        _ => "",
    };

    private static DatasetFormat Format(string name)
    {
        var formats = Enum.GetValues<DatasetFormat>().ToDictionary(NameOf);
        return formats.TryGetValue(name, out var format)
            ? format
            : throw new UserErrorException(Option, $"there is no format '{name}'{NearestName.Hint(name, formats.Keys)} ({string.Join(", ", formats.Keys)}); give {Allowed}");
    }

    public static string NameOf(DatasetFormat format) => format.ToString().ToLowerInvariant();
}
