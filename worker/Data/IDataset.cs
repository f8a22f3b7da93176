using Inception.Distributed.Sampling;

namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Labelled samples, by number, as they are stored. What is in them is the business of <see cref="ImageDecoder"/>, the same for every
/// source. For any thread, when each thread brings its own buffer.
/// </summary>
public interface IDataset
{
    long Count { get; }

    /// <summary>Labels are 0 … Classes − 1.</summary>
    int Classes { get; }

    /// <summary>
    /// SHA-256, lower-case hex, of what makes this dataset differ from another; equal on every worker that may train together.
    /// </summary>
    string Digest { get; }

    /// <summary>By label; empty where the source does not name its classes.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>Which samples come from which source; one source but where several datasets are mixed.</summary>
    SampleSources Sources => new(Count);

    int Label(long sample);

    /// <summary>What messages call the sample, e.g. its file's path, or an archive's path and the name inside.</summary>
    string Name(long sample);

    /// <summary>
    /// The sample's bytes, not looked into; valid until <paramref name="buffer"/> is used again. Allocates nothing once the buffer has
    /// grown.
    /// </summary>
    /// <exception cref="UserErrorException">The bytes can't be had: the file is gone, or shorter than it was, or the disk fails.</exception>
    StoredImage Read(long sample, ByteBuffer buffer);

    /// <summary>As <see cref="Read"/>, but of a file perhaps only the beginning, where the source spares the rest by that.</summary>
    /// <param name="atMost">Bytes that are of interest.</param>
    /// <param name="length">Bytes of the whole sample.</param>
    StoredImage ReadStart(long sample, int atMost, ByteBuffer buffer, out long length)
    {
        var whole = Read(sample, buffer);
        length = whole.Bytes.Length;
        return whole;
    }
}

/// <summary>A sample as its source keeps it: the bytes of an image file, or the pixels themselves.</summary>
public readonly ref struct StoredImage
{
    private StoredImage(ReadOnlySpan<byte> bytes, int height, int width, int channels)
    {
        Bytes = bytes;
        Height = height;
        Width = width;
        Channels = channels;
    }

    /// <summary>A whole image file, or pixels as in <see cref="ImageView"/>.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Of pixels; 0 of a file.</summary>
    public int Height { get; }

    public int Width { get; }

    public int Channels { get; }

    public bool IsFile => Channels == 0;

    /// <param name="file">May be anything, empty too: whether it is an image is found out by decoding it.</param>
    public static StoredImage OfFile(ReadOnlySpan<byte> file) => new(file, 0, 0, 0);

    /// <param name="pixels">Rows from the top, pixels from the left, channels interleaved (1: grey, 3: RGB).</param>
    public static StoredImage OfPixels(ReadOnlySpan<byte> pixels, int height, int width, int channels) => new(pixels, height, width, channels);
}

/// <summary>
/// An image's pixels: rows from the top, pixels from the left, channels interleaved (1: grey, 3: RGB, 4: RGB and a byte without
/// meaning).
/// </summary>
public readonly ref struct ImageView(ReadOnlySpan<byte> pixels, int height, int width, int channels)
{
    public ReadOnlySpan<byte> Pixels { get; } = pixels;
    public int Height { get; } = height;
    public int Width { get; } = width;
    public int Channels { get; } = channels;

    public ReadOnlySpan<byte> Row(int row) => Pixels.Slice(row * Width * Channels, Width * Channels);
}

/// <summary>Memory that one thread fills again and again; grows to the largest sample met.</summary>
public sealed class ByteBuffer
{
    private byte[] _bytes = [];

    public Span<byte> Reserve(int length)
    {
        if (_bytes.Length < length)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(length);
        }

        return _bytes.AsSpan(0, length);
    }
}
