using System.Security.Cryptography;
using System.Text;

namespace Inception.Distributed.Worker.Data;

/// <summary>MNIST-like datasets: grey images and labels in two idx files, held in memory uncompressed.</summary>
public sealed class IdxDataset : IDataset
{
    private readonly string _path;
    private readonly byte[] _images;
    private readonly byte[] _labels;
    private readonly int _height;
    private readonly int _width;

    private IdxDataset(string path, byte[] images, byte[] labels, int height, int width, int classes)
    {
        (_path, _images, _labels, _height, _width, Classes) = (path, images, labels, height, width, classes);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"idx {labels.Length} {height} {width}\n"));
        hash.AppendData(images);
        hash.AppendData(labels);
        Digest = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public long Count => _labels.Length;

    public int Classes { get; }

    /// <summary>Of the sizes, the images and the labels in use.</summary>
    public string Digest { get; }

    /// <param name="split"><c>train</c> or <c>test</c>.</param>
    /// <param name="limit">Use only the first this many samples; 0: all.</param>
    /// <param name="where">The job's section that asks for the dataset, e.g. <c>data.train</c>.</param>
    /// <exception cref="UserErrorException">Files are missing, damaged, or don't belong together or to the job.</exception>
    public static IdxDataset Open(string directory, string split, int limit, int? known, string where)
    {
        var (imagesPath, labelsPath) = Locate(directory, split, where);
        var images = IdxFile.Read(imagesPath, dimensions: 3, limit);
        var labels = IdxFile.Read(labelsPath, dimensions: 1, limit);
        var count = images.Lengths[0];
        if (labels.Lengths[0] != count)
        {
            throw new UserErrorException(labelsPath, $"{labels.Lengths[0]} labels, but {count} images in {imagesPath}.");
        }

        if (limit > count)
        {
            throw new UserErrorException($"{where}.limit", $"{limit} samples are asked for, but there are {count} in {imagesPath}.");
        }

        var classes = known ?? labels.Data.Max() + 1;
        var unknown = labels.Data.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)Math.Min(classes - 1, byte.MaxValue));
        if (unknown >= 0)
        {
            throw new UserErrorException(
                labelsPath,
                $"Sample {unknown} has label {labels.Data[unknown]}; model.classes is {classes}, so labels go from 0 to {classes - 1}.");
        }

        return new IdxDataset(imagesPath, images.Data, labels.Data, images.Lengths[1], images.Lengths[2], classes);
    }

    public IReadOnlyList<string> ClassNames => [];

    public int Label(long sample) => _labels[sample];

    public string Name(long sample) => $"image {sample} of {_path}";

    public StoredImage Read(long sample, ByteBuffer buffer)
    {
        var length = _height * _width;
        return StoredImage.OfPixels(_images.AsSpan((int)sample * length, length), _height, _width, channels: 1);
    }

    private static (string Images, string Labels) Locate(string directory, string split, string where)
    {
        var prefix = split switch
        {
            "train" => "train",
            "test" => "t10k",
            _ => throw new UserErrorException($"{where}.split", $"'{split}' is no split of an idx dataset; there are train and test."),
        };
        if (!Directory.Exists(directory))
        {
            throw new UserErrorException($"{where}.path", $"There is no directory '{directory}'.{InstallHint(directory)}");
        }

        var problems = new List<Problem>();
        var images = Find($"{prefix}-images-idx3-ubyte");
        var labels = Find($"{prefix}-labels-idx1-ubyte");
        return problems.Count == 0 ? (images, labels) : throw new UserErrorException(problems);

        string Find(string name)
        {
            var plain = Path.Combine(directory, name);
            if (File.Exists(plain))
            {
                return plain;
            }

            if (!File.Exists($"{plain}.gz"))
            {
                problems.Add(new Problem(
                    $"{where}.path",
                    $"'{directory}' has no {name} or {name}.gz; it holds {Content(directory)}.{InstallHint(directory)}"));
            }

            return $"{plain}.gz";
        }
    }

    private static string Content(string directory)
    {
        const int Shown = 8;
        var names = Directory.EnumerateFileSystemEntries(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
        var rest = names.Count > Shown ? $" and {names.Count - Shown} more" : "";
        return names.Count == 0 ? "nothing" : string.Join(", ", names.Take(Shown)) + rest;
    }

    private static string InstallHint(string directory) =>
        directory.Contains("fashion-mnist", StringComparison.Ordinal)
            ? " On Debian, `apt-get install dataset-fashion-mnist` puts Fashion-MNIST into /usr/share/datasets/fashion-mnist."
            : "";
}
