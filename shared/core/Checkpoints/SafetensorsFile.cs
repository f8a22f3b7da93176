using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Inception.Distributed.Checkpoints;

/// <summary>
/// A safetensors file opened for reading. Strict: what the format forbids is refused when the file is opened. Reading copies straight
/// from the file into the caller's memory, from any thread.
/// </summary>
public sealed class SafetensorsFile : IWeightsFile
{
    // As in the format's own reader.
    private const long LargestHeader = 100_000_000;

    private readonly SafeFileHandle _file;
    private readonly long _dataStart;
    private readonly Dictionary<string, (TensorEntry Entry, long Offset)> _tensors = [];

    private SafetensorsFile(SafeFileHandle file, string path, long dataStart, SafetensorsHeader header)
    {
        (_file, Path, _dataStart) = (file, path, dataStart);
        Metadata = header.Metadata;
        Entries = [.. header.Tensors.Select(tensor => tensor.Entry)];
        foreach (var tensor in header.Tensors)
        {
            _tensors.Add(tensor.Entry.Name, tensor);
        }
    }

    public string Path { get; }

    /// <summary>In the order of their data.</summary>
    public IReadOnlyList<TensorEntry> Entries { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <exception cref="SafetensorsException">The file breaks the format.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = File.OpenHandle(path);
        try
        {
            Span<byte> prefix = stackalloc byte[sizeof(ulong)];
            var fileLength = RandomAccess.GetLength(file);
            if (fileLength < prefix.Length)
            {
                throw new SafetensorsException(path, $"{fileLength} bytes can't hold the length of a header.");
            }

            ReadExactly(file, path, prefix, 0);
            var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            if (headerLength > LargestHeader || (long)headerLength > fileLength - prefix.Length)
            {
                throw new SafetensorsException(
                    path, $"A header of {headerLength} bytes does not fit into the file of {fileLength} (or is longer than {LargestHeader}).");
            }

            var json = new byte[headerLength];
            ReadExactly(file, path, json, prefix.Length);
            var dataStart = prefix.Length + json.Length;
            return new SafetensorsFile(file, path, dataStart, SafetensorsHeader.Parse(json, fileLength - dataStart, path));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>Fills <paramref name="destination"/>, which must be exactly as long as the tensor's data.</summary>
    /// <exception cref="SafetensorsException">The file has no such tensor.</exception>
    public void Read(string name, Span<byte> destination)
    {
        if (!_tensors.TryGetValue(name, out var tensor))
        {
            throw new SafetensorsException(Path, $"There is no tensor '{name}'.");
        }

        if (tensor.Entry.Bytes != destination.Length)
        {
            throw new ArgumentException($"{destination.Length} bytes for the {tensor.Entry.Bytes} of '{name}'.", nameof(destination));
        }

        ReadExactly(_file, Path, destination, _dataStart + tensor.Offset);
    }

    public void Dispose() => _file.Dispose();

    private static void ReadExactly(SafeFileHandle file, string path, Span<byte> destination, long offset)
    {
        while (destination.Length > 0)
        {
            var read = RandomAccess.Read(file, destination, offset);
            if (read == 0)
            {
                throw new SafetensorsException(
                    path, $"The file has become shorter than {offset + destination.Length} bytes since it was opened.");
            }

            destination = destination[read..];
            offset += read;
        }
    }
}
