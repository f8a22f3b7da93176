using System.Buffers.Binary;
using System.IO.Compression;

namespace Inception.Distributed.Tests.Data;

/// <summary>Writes small idx datasets, right and wrong.</summary>
internal static class IdxFiles
{
    public const string TrainImages = "train-images-idx3-ubyte";
    public const string TrainLabels = "train-labels-idx1-ubyte";

    public static byte[] Images(int count, int height, int width) =>
        [.. Header(0x0803, count, height, width), .. Enumerable.Range(0, count * height * width).Select(i => (byte)(i * 31 + i / 7))];

    public static byte[] Labels(params byte[] labels) => [.. Header(0x0801, labels.Length), .. labels];

    public static byte[] Header(params int[] words)
    {
        var bytes = new byte[4 * words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), words[i]);
        }

        return bytes;
    }

    public static byte[] Compress(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    /// <summary>Five images of 3 × 4 with labels 0, 1, 2, 1, 0.</summary>
    public static void WriteFive(TemporaryDirectory directory)
    {
        File.WriteAllBytes(directory[TrainImages], Images(5, 3, 4));
        File.WriteAllBytes(directory[TrainLabels], Labels(0, 1, 2, 1, 0));
    }
}
