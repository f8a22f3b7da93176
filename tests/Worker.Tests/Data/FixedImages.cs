using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

/// <summary>Noise images of one size; the label is the sample's number.</summary>
internal sealed class FixedImages(long count, int height, int width, int channels) : IDataset
{
    public long Count => count;

    public int Classes => (int)count;

    public IReadOnlyList<string> ClassNames => [];

    public string Digest => "";

    public int Label(long sample) => (int)sample;

    public string Name(long sample) => $"fixed image {sample}";

    public ImageView Pixels(long sample) => new(Read(sample, new ByteBuffer()).Bytes, height, width, channels);

    public StoredImage Read(long sample, ByteBuffer buffer)
    {
        var pixels = buffer.Reserve(height * width * channels);
        var random = KeyedRandom.From(Purpose.SyntheticData, sample);
        foreach (ref var pixel in pixels)
        {
            pixel = (byte)random.NextInt(256);
        }

        return StoredImage.OfPixels(pixels, height, width, channels);
    }
}
