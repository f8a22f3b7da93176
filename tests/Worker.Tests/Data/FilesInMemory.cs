using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

/// <summary>Image files; the label is the sample's number.</summary>
internal sealed class FilesInMemory(params byte[][] files) : IDataset
{
    public long Count => files.Length;

    public int Classes => files.Length;

    public IReadOnlyList<string> ClassNames => [];

    public string Digest => "";

    public int Label(long sample) => (int)sample;

    public string Name(long sample) => $"file {sample}";

    public StoredImage Read(long sample, ByteBuffer buffer) => StoredImage.OfFile(files[sample]);
}
