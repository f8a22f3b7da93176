using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

/// <summary>Image files, of one class.</summary>
internal sealed class FilesInMemory(params byte[][] files) : IDataset
{
    public long Count => files.Length;

    public int Classes => 1;

    public string Digest => "";

    public int Label(long sample) => 0;

    public string Name(long sample) => $"file {sample}";

    public StoredImage Read(long sample, ByteBuffer buffer) => StoredImage.OfFile(files[sample]);
}
