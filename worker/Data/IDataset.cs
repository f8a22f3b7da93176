namespace Inception.Distributed.Worker.Data;

/// <summary>Labelled images, by number. For any thread, when each thread brings its own buffer.</summary>
public interface IDataset
{
    long Count { get; }

    /// <summary>Labels are 0 … Classes − 1.</summary>
    int Classes { get; }

    /// <summary>
    /// SHA-256, lower-case hex, of what makes this dataset differ from another; equal on every worker that may train together.
    /// </summary>
    string Digest { get; }

    int Label(long sample);

    /// <summary>The image, valid until <paramref name="buffer"/> is used again.</summary>
    /// <exception cref="UserErrorException">The sample's file can't be read or decoded.</exception>
    ImageView Image(long sample, PixelBuffer buffer);
}

/// <summary>An image's bytes: rows from the top, pixels from the left, channels interleaved (1: grey, 3: RGB).</summary>
public readonly ref struct ImageView(ReadOnlySpan<byte> pixels, int height, int width, int channels)
{
    public ReadOnlySpan<byte> Pixels { get; } = pixels;
    public int Height { get; } = height;
    public int Width { get; } = width;
    public int Channels { get; } = channels;

    public ReadOnlySpan<byte> Row(int row) => Pixels.Slice(row * Width * Channels, Width * Channels);
}

/// <summary>Memory that a thread decodes into again and again; grows to the largest image met.</summary>
public sealed class PixelBuffer
{
    private byte[] _pixels = [];

    public Span<byte> Reserve(int length)
    {
        if (_pixels.Length < length)
        {
            _pixels = GC.AllocateUninitializedArray<byte>(length);
        }

        return _pixels.AsSpan(0, length);
    }
}
