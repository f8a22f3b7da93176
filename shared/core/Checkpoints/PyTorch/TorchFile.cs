using System.Text;

namespace Inception.Distributed.Checkpoints.PyTorch;

/// <summary>
/// A state dict in a file of <c>torch.save</c> (PyTorch 1.6 and later). Strict: everything is checked when the file is opened, and
/// nothing in it is executed. A training checkpoint is read too, if its state dict is under one of <see cref="Sections"/>.
/// </summary>
public sealed class TorchFile : IWeightsFile
{
    // A state dict of 600 tensors takes 130 kB.
    private const int LargestPickle = 64 << 20;

    private readonly TorchArchive _archive;
    private readonly Dictionary<string, PickleTensor> _tensors = [];
    private (string Key, byte[] Content)? _lastStorage;

    private TorchFile(TorchArchive archive, string path, string? section, IReadOnlyList<(string Name, PickleTensor Tensor)> tensors)
    {
        (_archive, Path, Section) = (archive, path, section);
        Entries = [.. tensors.Select(tensor => new TensorEntry(tensor.Name, tensor.Tensor.Storage.Type, tensor.Tensor.Shape))];
        foreach (var (name, tensor) in tensors)
        {
            _tensors.Add(name, tensor);
        }
    }

    /// <summary>Where training scripts keep the state dict among other things; the first that is there is taken.</summary>
    public static IReadOnlyList<string> Sections { get; } = ["state_dict", "model_state_dict", "model"];

    public string Path { get; }

    /// <summary>Of <see cref="Sections"/>, where the state dict was found; null: it is the file's only content.</summary>
    public string? Section { get; }

    /// <summary>In the state dict's order.</summary>
    public IReadOnlyList<TensorEntry> Entries { get; }

    /// <exception cref="TorchFileException">The file is no such file, is damaged, or asks for more than a state dict needs.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static TorchFile Open(string path)
    {
        var archive = TorchArchive.Open(path);
        try
        {
            RequireLittleEndian(archive, path);
            var (section, stateDict) = StateDictIn(ReadPickle(archive, path), path);
            var tensors = stateDict.Items.Select(item => Tensor(item, path)).ToList();
            foreach (var (name, tensor) in tensors)
            {
                RequireInside(archive, path, name, tensor);
            }

            return new TorchFile(archive, path, section, tensors);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    public void Read(string name, Span<byte> destination)
    {
        var tensor = _tensors[name];
        var elementBytes = new TensorEntry(name, tensor.Storage.Type, tensor.Shape).ElementBytes;
        StridedCopy.ToRowMajor(StorageOf(tensor), destination, elementBytes, tensor.Offset, tensor.Shape, tensor.Strides);
    }

    public void Dispose() => _archive.Dispose();

    // Tensors that share a storage follow each other more often than not.
    private byte[] StorageOf(PickleTensor tensor)
    {
        if (_lastStorage?.Key != tensor.Storage.Key)
        {
            _lastStorage = (tensor.Storage.Key, _archive.Read($"data/{tensor.Storage.Key}"));
        }

        return _lastStorage!.Value.Content;
    }

    private static void RequireLittleEndian(TorchArchive archive, string path)
    {
        // Written since PyTorch 2.1; before, archives of big-endian machines can't be told apart.
        if (archive.LengthOf("byteorder") is >= 0 and < 16 && Encoding.ASCII.GetString(archive.Read("byteorder")) != "little")
        {
            throw new TorchFileException(path, "It was written on a big-endian machine.");
        }
    }

    private static object? ReadPickle(TorchArchive archive, string path)
    {
        var length = archive.LengthOf("data.pkl");
        if (length > LargestPickle)
        {
            throw new TorchFileException(path, $"Its pickle of {length} bytes is larger than the {LargestPickle} that a state dict may take.");
        }

        try
        {
            return PickleReader.Read(archive.Read("data.pkl"));
        }
        catch (PickleException exception)
        {
            throw new TorchFileException(path, $"It is refused at {exception.Message}.");
        }
    }

    private static (string? Section, PickleDictionary StateDict) StateDictIn(object? root, string path)
    {
        if (root is not PickleDictionary dictionary)
        {
            throw new TorchFileException(path, "It holds no state dict but a single value.");
        }

        var section = dictionary.Items.Any(item => item.Value is PickleTensor) ? null : Sections.FirstOrDefault(name => dictionary.Find(name) is PickleDictionary);
        if (section is null && dictionary.Items.All(item => item.Value is not PickleTensor))
        {
            throw new TorchFileException(path, $"It holds no tensors by name, neither at its top nor under {string.Join(", ", Sections)}, "
                + $"but {string.Join(", ", dictionary.Items.Take(5).Select(item => $"'{item.Key}'").DefaultIfEmpty("nothing"))}.");
        }

        return (section, section is null ? dictionary : (PickleDictionary)dictionary.Find(section)!);
    }

    private static (string Name, PickleTensor Tensor) Tensor(KeyValuePair<object, object?> item, string path) =>
        item is { Key: string name, Value: PickleTensor tensor }
            ? (name, tensor)
            : throw new TorchFileException(path, $"'{item.Key}' in its state dict is no tensor.");

    private static void RequireInside(TorchArchive archive, string path, string name, PickleTensor tensor)
    {
        var storage = tensor.Storage;
        var elementBytes = new TensorEntry(name, storage.Type, []).ElementBytes;
        if (storage.Key.Contains('/', StringComparison.Ordinal) || storage.Elements > long.MaxValue / elementBytes
            || archive.LengthOf($"data/{storage.Key}") != storage.Elements * elementBytes)
        {
            throw new TorchFileException(path, $"'{name}' lies in the storage '{storage.Key}' of {storage.Elements} elements, "
                + $"for which the archive has {archive.LengthOf($"data/{storage.Key}")} bytes.");
        }

        if (!StridedCopy.IsInside(storage.Elements, tensor.Offset, tensor.Shape, tensor.Strides))
        {
            throw new TorchFileException(path, $"'{name}' reaches outside of its storage: offset {tensor.Offset}, "
                + $"shape [{string.Join(", ", tensor.Shape)}], strides [{string.Join(", ", tensor.Strides)}] in {storage.Elements} elements.");
        }
    }
}
