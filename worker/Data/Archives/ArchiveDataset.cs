namespace Inception.Distributed.Worker.Data.Archives;

/// <summary>Images that are read in place from archives, through an index of where each lies.</summary>
internal sealed class ArchiveDataset(ArchiveIndex index, int classes) : IDataset
{
    private readonly ArchiveFiles _files = new(index.Archives);

    public long Count => index.Count;

    public int Classes => classes;

    public string Digest => index.Digest;

    public IReadOnlyList<string> ClassNames => index.ClassNames;

    public int Label(long sample) => index.Label(sample);

    public string Name(long sample) => $"{index.Archives[index.Archive(sample)]}: {index.Name(sample)}";

    public StoredImage Read(long sample, ByteBuffer buffer) => ReadStart(sample, int.MaxValue, buffer, out _);

    public StoredImage ReadStart(long sample, int atMost, ByteBuffer buffer, out long length)
    {
        length = index.Length(sample);
        var bytes = buffer.Reserve((int)Math.Min(atMost, length));
        _files.Read(index.Archive(sample), index.Offset(sample), bytes);
        return StoredImage.OfFile(bytes);
    }
}
