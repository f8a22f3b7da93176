using System.IO.Compression;
using System.Runtime.InteropServices;
using Inception.Distributed.Checkpoints;
using Inception.Distributed.Checkpoints.PyTorch;

namespace Inception.Distributed.Tests.Checkpoints.PyTorch;

/// <summary>Files of weights without PyTorch: what is read, and what is refused. Against PyTorch itself: WeightsWithPyTorchTests.</summary>
public sealed class TorchFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Read_StridedViewsOfASharedStorage_AreRowMajor()
    {
        // Twelve elements as 3×4; its transpose; one column of it; a number in the middle.
        var pickle = Pickles.Protocol2().Ordered().Op("(")
            .Text("whole").Tensor("FloatStorage", "0", 12, 0, [3, 4], [4, 1])
            .Text("transposed").Tensor("FloatStorage", "0", 12, 0, [4, 3], [1, 4])
            .Text("column").Tensor("FloatStorage", "0", 12, 2, [3], [4])
            .Text("number").Tensor("FloatStorage", "0", 12, 7, [], [])
            .Text("one of many").Tensor("FloatStorage", "0", 12, 1, [2, 1, 3], [4, 99, 1])
            .Text("none").Tensor("FloatStorage", "0", 12, 0, [0, 4], [4, 1]).Op("u.").Bytes;
        using var file = Open(pickle, Bytes(Enumerable.Range(0, 12).Select(value => (float)value)));

        Values(file, "whole").ShouldBe(Enumerable.Range(0, 12).Select(value => (float)value));
        Values(file, "transposed").ShouldBe([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
        Values(file, "column").ShouldBe([2, 6, 10]);
        Values(file, "number").ShouldBe([7]);
        Values(file, "one of many").ShouldBe([1, 2, 3, 5, 6, 7]);
        Values(file, "none").ShouldBeEmpty();
    }

    [Fact]
    public void Read_EveryTypeOfWeights_IsTheNearestFloat()
    {
        double[] values = [0, -1, 1.0 / 3, 65504, 1e-3, double.Epsilon];
        Values(Open(Pickles.One("DoubleStorage", 6, 0, [6], [1]), Bytes(values)), "x").ShouldBe(values.Select(value => (float)value));
        Values(Open(Pickles.One("HalfStorage", 6, 0, [6], [1]), Bytes(values.Select(value => (Half)value))), "x").ShouldBe(values.Select(value => (float)(Half)value));
        // 1, −2, 3.140625, infinity in bfloat16: the upper halves of their float32.
        Values(Open(Pickles.One("BFloat16Storage", 4, 0, [4], [1]), Bytes<ushort>([0x3F80, 0xC000, 0x4049, 0x7F80])), "x").ShouldBe([1, -2, 3.140625f, float.PositiveInfinity]);
        using var counter = Open(Pickles.One("LongStorage", 1, 0, [], []), Bytes([5_000_000_000L]));
        TensorValues.ReadCounter(counter, counter.Entries[0]).ShouldBe(5_000_000_000);
    }

    [Theory]
    [InlineData("state_dict"), InlineData("model"), InlineData("model_state_dict")]
    public void Open_TrainingCheckpoint_FindsItsStateDict(string section)
    {
        var pickle = Pickles.Protocol2().Op("}(").Text("epoch").Number(3).Text("lr").Op("G").Raw(0x3F, 0xB9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9A)
            .Text("groups").Op("](").Number(1).Raw(0x8a, 2, 0xff, 0xff).Op("e")
            .Text(section).Ordered().Text("x").Tensor("FloatStorage", "0", 2, 0, [2], [1]).Op("s}").Text("_metadata").Ordered().Op("sbu.").Bytes;

        using var file = Open(pickle, Bytes([1f, 2f]));

        file.Section.ShouldBe(section);
        Values(file, "x").ShouldBe([1, 2]);
    }

    public static TheoryData<string, byte[]> Absurd => new()
    {
        { "reaches outside of its storage", Pickles.One("FloatStorage", 4, 1, [4], [1]) },
        { "reaches outside of its storage", Pickles.One("FloatStorage", 4, -1, [2], [1]) },
        { "reaches outside of its storage", Pickles.One("FloatStorage", 4, 3, [2], [-1]) },
        { "reaches outside of its storage", Pickles.One("FloatStorage", 4, 0, [-1], [1]) },
        { "reaches outside of its storage", Pickles.One("FloatStorage", 4, 0, [1 << 30, 1 << 30, 1 << 30], [0, 0, 0]) },
        { "reaches outside of its storage", Pickles.One("FloatStorage", 4, 0, [int.MaxValue], [0]) },
        { "reaches outside of its storage", Pickles.One("FloatStorage", 4, 0, [2, 2], [int.MaxValue, int.MaxValue]) },
        { "storage '0' of 5 elements, for which the archive has 16 bytes", Pickles.One("FloatStorage", 5, 0, [4], [1]) },
        { "storage '0' of 4 elements, for which the archive has 16 bytes", Pickles.One("DoubleStorage", 4, 0, [4], [1]) },
        { "reference to something that is no storage", Pickles.One("FloatStorage", -4, 0, [4], [1]) },
        { "in its state dict is no tensor", Pickles.Protocol2().Ordered().Op("(").Text("x").Tensor("FloatStorage", "0", 4, 0, [4], [1]).Text("y").Op("Nu.").Bytes },
        { "holds no tensors by name", Pickles.Protocol2().Op("}").Text("epoch").Number(1).Op("s.").Bytes },
        { "holds no state dict", Pickles.Protocol2().Op("N.").Bytes },
        { "other arguments", Pickles.Protocol2().Global("torch._utils", "_rebuild_tensor_v2").Op(")R.").Bytes },
        { "other arguments", Pickles.Protocol2().Global("collections", "OrderedDict").Number(1).Raw(0x85).Op("R.").Bytes },
        { "no function of torch.save", Pickles.Protocol2().Text("os.system").Op(")R.").Bytes },
        { "BUILD sets the state", Pickles.Protocol2().Ordered().Op("}").Text("__class__").Op("Nsb.").Bytes },
        { "BUILD sets the state", Pickles.Protocol2().Op("}}b.").Bytes },
        { "where there is none", Pickles.Protocol2().Op("R.").Bytes },
        { "where there is none", Pickles.Protocol2().Op("(q\0.").Bytes },
        { "no mark", Pickles.Protocol2().Op("t.").Bytes },
        { "never stored", Pickles.Protocol2().Op("h\u0007.").Bytes },
        { "more than 64 bits", Pickles.Protocol2().Raw(0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1).Op(".").Bytes },
        { "it ends in the middle", Pickles.Protocol2().Op("X\u00ff\u00ff\u00ff\u007f").Bytes },
        { "it ends in the middle", Pickles.Protocol2().Op("}").Bytes },
        { "not UTF-8", Pickles.Protocol2().Op("X\u0001\0\0\0").Raw(0xff).Op(".").Bytes },
        { "values and", Pickles.Protocol2().Op("}.").Raw(1, 2, 3).Bytes },
        { "neither text nor number", Pickles.Protocol2().Op("}NNs.").Bytes },
        { "a key has no value", Pickles.Protocol2().Op("}(").Text("x").Op("u.").Bytes },
        { "protocol 4", new Pickles().Raw(0x80, 4).Op("}.").Bytes },
    };

    [Theory]
    [MemberData(nameof(Absurd))]
    public void Open_AbsurdStateDict_IsRefused(string reason, byte[] pickle) =>
        Should.Throw<TorchFileException>(() => Open(pickle, new byte[16])).Message.ShouldContain(reason);

    [Fact]
    public void Open_FileCutShortAnywhere_IsRefused()
    {
        var path = Pickles.Archive(_directory["whole.pth"], Pickles.One("FloatStorage", 4, 0, [4], [1]), ("data/0", new byte[16]));
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_directory["cut.pth"], whole[..length]);
            Should.Throw<TorchFileException>(() => TorchFile.Open(_directory["cut.pth"]), $"{length} of {whole.Length} bytes");
        }
    }

    [Fact]
    public void OpenOrRead_AnyByteChanged_ThrowsNothingUnforeseen()
    {
        var path = Pickles.Archive(_directory["whole.pth"], Pickles.One("FloatStorage", 4, 0, [2, 2], [1, 2]), ("data/0", Bytes([1f, 2f, 3f, 4f])));
        var bytes = File.ReadAllBytes(path);
        for (var index = 0; index < bytes.Length; index++)
        {
            foreach (var change in new byte[] { 0x01, 0x80, 0xff })
            {
                bytes[index] ^= change;
                File.WriteAllBytes(path, bytes);
                bytes[index] ^= change;
                try
                {
                    using var file = TorchFile.Open(path);
                    foreach (var entry in file.Entries) file.Read(entry.Name, new byte[entry.Bytes]);
                }
                catch (TorchFileException)
                {
                    // Refused, as it may be; whatever else is thrown fails the test.
                }
            }
        }
    }

    [Fact]
    public void Read_DamagedRecord_IsRefused()
    {
        var path = Pickles.Archive(_directory["bad.pth"], Pickles.One("FloatStorage", 4, 0, [4], [1]), ("data/0", [.. "sixteen letters!"u8]));
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().IndexOf("sixteen"u8)] ^= 1;
        File.WriteAllBytes(path, bytes);
        using var file = TorchFile.Open(path);

        Should.Throw<TorchFileException>(() => file.Read("x", new byte[16])).Message.ShouldContain("CRC-32");
    }

    [Fact]
    public void Open_CompressedRecord_IsRefusedUnread()
    {
        using (var archive = new ZipArchive(File.Create(_directory["bomb.pth"]), ZipArchiveMode.Create))
        {
            Pickles.Add(archive, "data.pkl", Pickles.One("ByteStorage", 50_000_000, 0, [50_000_000], [1]), CompressionLevel.NoCompression);
            Pickles.Add(archive, "data/0", new byte[50_000_000], CompressionLevel.SmallestSize);
        }

        new FileInfo(_directory["bomb.pth"]).Length.ShouldBeLessThan(100_000);
        Should.Throw<TorchFileException>(() => TorchFile.Open(_directory["bomb.pth"])).Message.ShouldContain("'archive/data/0' is compressed");
    }

    [Fact]
    public void Open_OtherKindsOfFiles_SaysWhatTheyAre()
    {
        Message([0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46]).ShouldContain("from before PyTorch 1.6");
        Message([.. "just text"u8]).ShouldContain("no zip archive");
        Message([]).ShouldContain("no zip archive");
        using (var archive = new ZipArchive(File.Create(_directory["other.pth"]), ZipArchiveMode.Create)) Pickles.Add(archive, "photo.jpg", [1, 2, 3], CompressionLevel.NoCompression);
        Should.Throw<TorchFileException>(() => TorchFile.Open(_directory["other.pth"])).Message.ShouldContain("0 records data.pkl");
        Pickles.Archive(_directory["script.pth"], Pickles.Protocol2().Op("N.").Bytes, ("constants.pkl", [0x80, 2]));
        Should.Throw<TorchFileException>(() => TorchFile.Open(_directory["script.pth"])).Message.ShouldContain("TorchScript");

        string Message(byte[] content)
        {
            File.WriteAllBytes(_directory["other.pth"], content);
            return Should.Throw<UserErrorException>(() => WeightsFile.Open(_directory["other.pth"])).Message;
        }
    }

    [Fact]
    public void Write_ThenOpen_GivesTheSameTensors_AndTheSameBytesEachTime()
    {
        TensorEntry[] entries = [new("fc.weight", TensorType.F32, [2, 3]), new("bn.num_batches_tracked", TensorType.I64, []), new("empty", TensorType.F32, [0])];
        byte[][] data = [Bytes([1f, 2f, 3f, 4f, 5f, 6f]), Bytes([7L]), []];
        foreach (var name in new[] { "a.pth", "b.pth" })
        {
            using var output = File.Create(_directory[name]);
            TorchFileWriter.Write(output, entries, (index, stream) => stream.Write(data[index]));
        }

        File.ReadAllBytes(_directory["a.pth"]).ShouldBe(File.ReadAllBytes(_directory["b.pth"]));
        using var file = TorchFile.Open(_directory["a.pth"]);
        file.Entries.Select(entry => $"{entry.Name} {entry.Type} {string.Join('x', entry.Shape)}").ShouldBe(["fc.weight F32 2x3", "bn.num_batches_tracked I64 ", "empty F32 0"]);
        Values(file, "fc.weight").ShouldBe([1, 2, 3, 4, 5, 6]);
        TensorValues.ReadCounter(file, file.Entries[1]).ShouldBe(7);
    }

    [Theory]
    [InlineData("", 0x00000000u), InlineData("123456789", 0xCBF43926u), InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void Crc32_KnownTexts(string text, uint expected) => Crc32.Of(System.Text.Encoding.ASCII.GetBytes(text)).ShouldBe(expected);

    private TorchFile Open(byte[] pickle, byte[] storage) => TorchFile.Open(Pickles.Archive(_directory[$"{Guid.NewGuid()}.pth"], pickle, ("data/0", storage)));

    private static float[] Values(TorchFile file, string name) => TensorValues.ReadSingles(file, file.Entries.Single(entry => entry.Name == name));

    private static byte[] Bytes<T>(IEnumerable<T> values) where T : unmanaged => MemoryMarshal.AsBytes<T>(values.ToArray()).ToArray();
}
