using System.Security.Cryptography;
using System.Text;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Images made on the spot, for tests and measurements without files: 32×32 RGB stripes whose direction, spacing and colours belong to
/// the class, at a place of the sample's own and under noise. A network can learn them. The training and the validation set share no image.
/// </summary>
public sealed class SyntheticDataset : IDataset
{
    private const int Size = 32;
    private const int Channels = 3;
    private const int NoiseAmplitude = 32;

    private readonly Stripes[] _stripes;
    private readonly int _set;

    public SyntheticDataset(long count, int classes, bool validation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        Count = count;
        _set = validation ? 1 : 0;
        _stripes = [.. Enumerable.Range(0, classes).Select(Stripes.OfClass)];
        Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"synthetic {count} {classes} {_set}")));
    }

    public long Count { get; }

    public int Classes => _stripes.Length;

    public string Digest { get; }

    public IReadOnlyList<string> ClassNames => [];

    public int Label(long sample) => (int)(sample % Classes);

    public string Name(long sample) => $"synthetic image {sample}";

    public StoredImage Read(long sample, ByteBuffer buffer)
    {
        var pixels = buffer.Reserve(Size * Size * Channels);
        var stripes = _stripes[Label(sample)];
        var random = KeyedRandom.From(Purpose.SyntheticData, _set, sample);
        var phase = random.NextInt(256);
        var next = 0;
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                var brightness = Triangle(phase + x * stripes.StepX + y * stripes.StepY);
                var noise = random.NextUInt64();
                pixels[next++] = Pixel(stripes.Red, brightness, noise);
                pixels[next++] = Pixel(stripes.Green, brightness, noise >> 16);
                pixels[next++] = Pixel(stripes.Blue, brightness, noise >> 32);
            }
        }

        return StoredImage.OfPixels(pixels, Size, Size, Channels);
    }

    private static int Triangle(int phase)
    {
        var place = phase & 255;
        return place < 128 ? 2 * place : 510 - 2 * place;
    }

    private static byte Pixel(int colour, int brightness, ulong noise) =>
        (byte)Math.Clamp(colour * brightness / 256 + (int)(noise % (2 * NoiseAmplitude + 1)) - NoiseAmplitude, 0, 255);

    /// <summary>Brightness rises by a step a pixel and turns round every 128; colours are the brightest value of each channel.</summary>
    private readonly record struct Stripes(int StepX, int StepY, int Red, int Green, int Blue)
    {
        public static Stripes OfClass(int label)
        {
            var random = KeyedRandom.From(Purpose.SyntheticData, label);
            return new Stripes(random.NextInt(81) - 40, random.NextInt(81) - 40, Colour(), Colour(), Colour());

            int Colour() => 64 + random.NextInt(192);
        }
    }
}
