using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Inception.Distributed.Tests.Checkpoints.PyTorch;

/// <summary>Pickles opcode by opcode, and archives around them as torch.save lays them out.</summary>
internal sealed class Pickles
{
    private readonly List<byte> _bytes = [];

    public byte[] Bytes => [.. _bytes];

    /// <summary>The beginning of every file of torch.save: protocol 2.</summary>
    public static Pickles Protocol2() => new Pickles().Raw(0x80, 2);

    public Pickles Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>Opcodes that are letters.</summary>
    public Pickles Op(string opcodes) => Raw(Encoding.Latin1.GetBytes(opcodes));

    public Pickles Global(string module, string name) => Op($"c{module}\n{name}\n");

    public Pickles Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Op("X").Raw(length).Raw(utf8);
    }

    public Pickles Number(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return Op("J").Raw(bytes);
    }

    public Pickles Numbers(params int[] numbers)
    {
        Op("(");
        foreach (var number in numbers) Number(number);
        return Op("t");
    }

    /// <summary>An empty OrderedDict.</summary>
    public Pickles Ordered() => Global("collections", "OrderedDict").Op(")R");

    public Pickles Tensor(string storageType, string key, int storageElements, int offset, int[] shape, int[] strides) =>
        Global("torch._utils", "_rebuild_tensor_v2").Op("((").Text("storage").Global("torch", storageType).Text(key).Text("cpu").Number(storageElements).Op("tQ")
            .Number(offset).Numbers(shape).Numbers(strides).Raw(0x89).Ordered().Op("tR");

    /// <summary>A state dict of one tensor 'x'.</summary>
    public static byte[] One(string storageType, int storageElements, int offset, int[] shape, int[] strides) =>
        Protocol2().Ordered().Op("(").Text("x").Tensor(storageType, "0", storageElements, offset, shape, strides).Op("u.").Bytes;

    /// <summary>Writes the archive; records are stored, not compressed.</summary>
    public static string Archive(string path, byte[] pickle, params (string Name, byte[] Content)[] records)
    {
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, content) in records.Prepend(("data.pkl", pickle))) Add(archive, name, content, CompressionLevel.NoCompression);
        return path;
    }

    public static void Add(ZipArchive archive, string name, byte[] content, CompressionLevel level)
    {
        using var record = archive.CreateEntry($"archive/{name}", level).Open();
        record.Write(content);
    }
}
