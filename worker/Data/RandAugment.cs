using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Worker.Data;

/// <summary>An operation of <see cref="RandAugment"/>, by torchvision's names and in its order, which the draws depend on.</summary>
internal enum RandomOperation
{
    Identity, ShearX, ShearY, TranslateX, TranslateY, Rotate, Brightness, Color, Contrast, Sharpness, Posterize, Solarize, AutoContrast, Equalize,
}

/// <summary>
/// A few operations, drawn with equal chances, all of one strength ("RandAugment: Practical automated data augmentation with a reduced
/// search space", 2019): torchvision's RandAugment on Pillow images, whose bits a given operation, magnitude and sign give. What it draws
/// depends on seed, epoch and sample alone. One thread at a time.
/// </summary>
/// <param name="size">Height and width of the pictures.</param>
internal sealed class RandAugment(RandAugmentSpec spec, int size, long seed)
{
    public const int LargestMagnitude = 30;

    private static readonly int Kinds = Enum.GetValues<RandomOperation>().Length;

    private readonly byte[] _before = spec.Operations > 0 ? new byte[size * size * 3] : [];

    public bool IsOn => spec.Operations > 0;

    /// <param name="pixels">size · size · 3 bytes, RGB, changed in place.</param>
    public void Apply(SampleReference sample, Span<byte> pixels)
    {
        var random = KeyedRandom.From(Purpose.RandAugment, seed, sample.Epoch, sample.Sample);
        for (var i = 0; i < spec.Operations; i++)
        {
            var operation = (RandomOperation)random.NextInt(Kinds);
            Apply(operation, random.NextBoolean() ? -1 : 1, pixels);
        }
    }

    /// <param name="sign">Of no matter for operations without a direction.</param>
    internal void Apply(RandomOperation operation, int sign, Span<byte> pixels)
    {
        switch (operation)
        {
            case RandomOperation.Identity: break;
            case RandomOperation.ShearX: Map(AffineMap.ShearX(sign * Strength(0.3f)), pixels); break;
            case RandomOperation.ShearY: Map(AffineMap.ShearY(sign * Strength(0.3f)), pixels); break;
            case RandomOperation.TranslateX: Map(AffineMap.Shift(sign * Distance, 0), pixels); break;
            case RandomOperation.TranslateY: Map(AffineMap.Shift(0, sign * Distance), pixels); break;
            case RandomOperation.Rotate: Map(AffineMap.Rotate(sign * Strength(30), size), pixels); break;
            case RandomOperation.Brightness: Colours.ChangeBrightness(pixels, 1 + sign * Strength(0.9f)); break;
            case RandomOperation.Color: Colours.ChangeSaturation(pixels, 1 + sign * Strength(0.9f)); break;
            case RandomOperation.Contrast: Colours.ChangeContrast(pixels, 1 + sign * Strength(0.9f)); break;
            case RandomOperation.Sharpness:
                Sharpness.Change(Before(pixels), size, 1 + sign * Strength(0.9f), pixels);
                break;
            case RandomOperation.Posterize: Tones.Posterize(pixels, 8 - (2 * spec.Magnitude + 7) / 15); break;
            case RandomOperation.Solarize: Tones.Solarize(pixels, 255 - Strength(255)); break;
            case RandomOperation.AutoContrast: Tones.AutoContrast(pixels); break;
            case RandomOperation.Equalize: Tones.Equalize(pixels); break;
            default: throw new ArgumentOutOfRangeException(nameof(operation), operation, "No such operation.");
        }
    }

    /// <summary>Whole pixels: at the largest magnitude 150 of an input of 331, the size that AutoAugment was searched at.</summary>
    private int Distance => (int)(150L * size * spec.Magnitude / (331 * LargestMagnitude));

    // As torch.linspace counts in single precision: from the nearer end, rounded once.
    private float Strength(float largest)
    {
        double step = largest / LargestMagnitude;
        return (float)(spec.Magnitude < LargestMagnitude / 2 ? step * spec.Magnitude : largest - step * (LargestMagnitude - spec.Magnitude));
    }

    private void Map(AffineMap map, Span<byte> pixels) => map.Apply(Before(pixels), size, pixels);

    private ReadOnlySpan<byte> Before(ReadOnlySpan<byte> pixels)
    {
        pixels.CopyTo(_before);
        return _before;
    }
}
