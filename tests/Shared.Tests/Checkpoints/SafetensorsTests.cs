using System.Buffers.Binary;
using System.Text;
using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Tests.Checkpoints;

public sealed class SafetensorsTests : IDisposable
{
    private static readonly TensorEntry[] Entries =
    [
        new("conv.weight", TensorType.F32, [2, 3]), new("flags", TensorType.U8, [3]), new("steps", TensorType.I64, []), new("none", TensorType.BF16, [0, 5]),
    ];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void WrittenFile_ReadsBackTheSame()
    {
        Write(Entries, new Dictionary<string, string> { ["format"] = "pt", ["step"] = "120" });
        using var file = SafetensorsFile.Open(_directory["file"]);
        file.Metadata.ShouldBe(new Dictionary<string, string> { ["format"] = "pt", ["step"] = "120" }, ignoreOrder: true);
        file.Entries.Select(entry => entry.Name).ShouldBe(["none", "steps", "conv.weight", "flags"], ignoreOrder: true);
        for (var index = 0; index < Entries.Length; index++)
        {
            var read = file.Entries.Single(entry => entry.Name == Entries[index].Name);
            (read.Type, read.Bytes).ShouldBe((Entries[index].Type, Entries[index].Bytes));
            read.Shape.ShouldBe(Entries[index].Shape);
            var data = new byte[read.Bytes];
            file.Read(read.Name, data);
            data.ShouldBe(Data(index)[..data.Length]);
        }
    }

    [Fact]
    public void WrittenFile_HasTheBytesOfTheFormat()
    {
        Write([new TensorEntry("b", TensorType.U8, [1]), new TensorEntry("a", TensorType.F32, [1])]);
        const string Header = """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[1],"data_offsets":[4,5]}}""";
        var padded = Header.PadRight((Header.Length + 7) / 8 * 8);
        File.ReadAllBytes(_directory["file"]).ShouldBe([.. Length(padded.Length), .. Encoding.UTF8.GetBytes(padded), .. Data(1)[..4], .. Data(0)[..1]]);
    }

    [Fact]
    public void Write_TooFewOrTooManyBytes_Throws()
    {
        Should.Throw<InvalidOperationException>(() => SafetensorsWriter.Write(Stream.Null, Entries, (_, output) => output.WriteByte(1)));
        Should.Throw<InvalidOperationException>(() => SafetensorsWriter.Write(Stream.Null, Entries, (_, output) => output.Write(new byte[25])));
    }

    [Theory]
    [InlineData("same", "same")]
    [InlineData("__metadata__", "other")]
    public void Write_NameTaken_Throws(string one, string other) =>
        Should.Throw<ArgumentException>(() => SafetensorsWriter.Write(
            Stream.Null, [new TensorEntry(one, TensorType.U8, []), new TensorEntry(other, TensorType.U8, [])], (_, output) => output.WriteByte(1)));

    [Fact]
    public void Read_UnknownName_Throws()
    {
        Write(Entries);
        using var file = SafetensorsFile.Open(_directory["file"]);
        file.Contains("bias").ShouldBeFalse();
        Should.Throw<SafetensorsException>(() => file.Read("bias", [])).Message.ShouldContain("no tensor 'bias'");
        Should.Throw<ArgumentException>(() => file.Read("flags", new byte[4]));
    }

    [Fact]
    public void Open_AnyTruncation_IsRefused()
    {
        Write(Entries);
        var whole = File.ReadAllBytes(_directory["file"]);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_directory["cut"], whole[..length]);
            Should.Throw<SafetensorsException>(() => SafetensorsFile.Open(_directory["cut"]));
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6, "overlap or leave a gap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}}""", 6, "overlap or leave a gap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", 4, "overlap or leave a gap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", 6, "take 8 bytes, but the file holds 6")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 6, "take 4 bytes, but the file holds 6")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,4]}}""", 4, "needs 16 bytes")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}""", 4, "needs 4 bytes")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[-4,0]}}""", 4, "needs 4 bytes")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0]}}""", 4, "needs 4 bytes")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-2,-2],"data_offsets":[0,4]}}""", 4, "negative length")]
    [InlineData("""{"a":{"dtype":"U8","shape":[9000000000,9000000000],"data_offsets":[0,4]}}""", 4, "wrong")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}""", 1, "wrong")]
    [InlineData("""{"a":{"dtype":"Q7","shape":[4],"data_offsets":[0,4]}}""", 4, "unknown dtype 'Q7'")]
    [InlineData("""{"a":{"dtype":"1","shape":[4],"data_offsets":[0,4]}}""", 4, "unknown dtype '1'")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4]}}""", 4, "'a' has no data_offsets")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"stride":[1]}}""", 4, "unknown field 'stride'")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", 4, "no valid JSON")]
    [InlineData("""{"__metadata__":{"step":1},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4, "'step' has a Number")]
    [InlineData("""{"a":5}""", 0, "wrong")]
    [InlineData("""{"a":""", 0, "no valid JSON")]
    [InlineData("""[]""", 0, "does not begin with '{'")]
    [InlineData("", 0, "does not begin with '{'")]
    public void Open_WhatTheFormatForbids_IsRefused(string header, int dataBytes, string problem)
    {
        WriteRaw(Length(header.Length), header, dataBytes);
        Should.Throw<SafetensorsException>(() => SafetensorsFile.Open(_directory["file"])).Message.ShouldContain(problem);
    }

    [Theory]
    [InlineData(1000L)]
    [InlineData(100_000_001L)]
    [InlineData(-1L)]
    [InlineData(long.MinValue)]
    public void Open_HeaderThatDoesNotFit_IsRefused(long length)
    {
        WriteRaw(Length(length), "{}", 10);
        Should.Throw<SafetensorsException>(() => SafetensorsFile.Open(_directory["file"])).Message.ShouldContain("does not fit");
    }

    private static byte[] Data(int index) => [.. Enumerable.Range(1, 30).Select(value => (byte)(value + 50 * index))];

    private static byte[] Length(long length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        return bytes;
    }

    private void Write(TensorEntry[] entries, Dictionary<string, string>? metadata = null)
    {
        using var output = File.Create(_directory["file"]);
        SafetensorsWriter.Write(output, entries, (index, data) => data.Write(Data(index).AsSpan(0, (int)entries[index].Bytes)), metadata);
    }

    private void WriteRaw(byte[] length, string header, int dataBytes) =>
        File.WriteAllBytes(_directory["file"], [.. length, .. Encoding.UTF8.GetBytes(header), .. new byte[dataBytes]]);
}
