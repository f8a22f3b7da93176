using System.IO.Compression;

namespace Inception.Distributed.Checkpoints.PyTorch;

/// <summary>Writes a state dict that <c>torch.load</c> reads (PyTorch 1.6 and later). The same tensors give the same bytes.</summary>
public static class TorchFileWriter
{
    // The archive's times count from here; no file's content depends on the clock.
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="output">Seekable.</param>
    /// <param name="entries">In the state dict's order; float32 and int64.</param>
    /// <param name="writeData">Writes the data of the entry with this index, row-major and little-endian; called once for each entry.</param>
    public static void Write(Stream output, IReadOnlyList<TensorEntry> entries, Action<int, Stream> writeData)
    {
        using var archive = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
        Record("data.pkl", record => record.Write(PickleWriter.StateDict(entries)));
        Record("byteorder", record => record.Write("little"u8));
        for (var index = 0; index < entries.Count; index++)
        {
            var (position, length) = (index, entries[index].Bytes);
            Record($"data/{index}", record =>
            {
                using var data = new ExactLengthStream(record, length);
                writeData(position, data);
                if (data.Missing != 0)
                {
                    throw new InvalidOperationException($"{data.Missing} of {length} bytes of '{entries[position].Name}' were not written.");
                }
            });
        }

        Record("version", record => record.Write("3\n"u8));

        void Record(string name, Action<Stream> write)
        {
            var entry = archive.CreateEntry($"archive/{name}", CompressionLevel.NoCompression);
            entry.LastWriteTime = Epoch;
            using var stream = entry.Open();
            write(stream);
        }
    }
}
