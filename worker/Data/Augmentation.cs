using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Worker.Data;

/// <summary>The part of an image that the network sees, in pixels. It may reach outside the image, where everything is black.</summary>
public readonly record struct CropWindow(int Top, int Left, int Height, int Width, bool Mirrored)
{
    public static CropWindow Whole(int height, int width) => new(0, 0, height, width, false);
}

/// <summary>What happens to an image on its way into the network: a function of seed, epoch, sample and the image's size alone.</summary>
public sealed class Augmentation(AugmentSpec spec, long seed)
{
    private const int Attempts = 10;
    private const double SmallestAspect = 3.0 / 4;
    private const double LargestAspect = 4.0 / 3;
    private const double EvaluationFraction = 0.875;

    public CropWindow ForTraining(SampleReference sample, int height, int width)
    {
        var random = KeyedRandom.From(Purpose.Augmentation, seed, sample.Epoch, sample.Sample);
        var mirrored = random.NextBoolean() && spec.Flip;
        var window = spec.Crop switch
        {
            CropKind.None => CropWindow.Whole(height, width),
            CropKind.Padded => new CropWindow(Shift(ref random), Shift(ref random), height, width, false),
            CropKind.Resized => RandomArea(ref random, height, width),
            _ => throw new InvalidOperationException($"No such crop: {spec.Crop}."),
        };
        return window with { Mirrored = mirrored };
    }

    /// <summary>
    /// crop: resized evaluates the central square of 87.5 % of the shorter side, as the networks trained so are; otherwise the
    /// whole image.
    /// </summary>
    public CropWindow ForEvaluation(int height, int width)
    {
        if (spec.Crop != CropKind.Resized)
        {
            return CropWindow.Whole(height, width);
        }

        var side = Math.Max(1, (int)Math.Round(EvaluationFraction * Math.Min(height, width)));
        return new CropWindow((height - side) / 2, (width - side) / 2, side, side, false);
    }

    private int Shift(ref KeyedRandom random) => random.NextInt(2 * spec.Padding + 1) - spec.Padding;

    /// <summary>
    /// Area uniform in [minimum, 1] of the image, aspect (or its logarithm) uniform in [3/4, 4/3]; the whole image when ten such windows don't fit
    /// into it.
    /// </summary>
    private CropWindow RandomArea(ref KeyedRandom random, int height, int width)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var area = (double)height * width * (spec.MinimumArea + (1 - spec.MinimumArea) * random.NextDouble());
            var aspect = spec.LogAspect
                ? random.NextLogUniform(SmallestAspect, LargestAspect)
                : SmallestAspect + (LargestAspect - SmallestAspect) * random.NextDouble();
            var windowWidth = (int)Math.Round(Math.Sqrt(area * aspect));
            var windowHeight = (int)Math.Round(Math.Sqrt(area / aspect));
            if (windowWidth >= 1 && windowWidth <= width && windowHeight >= 1 && windowHeight <= height)
            {
                var top = random.NextInt(height - windowHeight + 1);
                var left = random.NextInt(width - windowWidth + 1);
                return new CropWindow(top, left, windowHeight, windowWidth, false);
            }
        }

        return CropWindow.Whole(height, width);
    }
}
