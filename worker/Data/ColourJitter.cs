using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Changes brightness, contrast, saturation and hue by random factors, in random order: torchvision's ColorJitter on Pillow images, bit
/// for bit for given factors. What it draws depends on seed, epoch and sample alone. For any thread.
/// </summary>
internal sealed class ColourJitter(AugmentSpec spec, long seed)
{
    private const int Changes = 4;

    public bool IsOn { get; } = spec.Brightness > 0 || spec.Contrast > 0 || spec.Saturation > 0 || spec.Hue > 0;

    /// <param name="pixels">RGB, changed in place.</param>
    public void Apply(SampleReference sample, Span<byte> pixels)
    {
        var random = KeyedRandom.From(Purpose.Colour, seed, sample.Epoch, sample.Sample);
        Span<int> order = [0, 1, 2, 3];
        for (var i = Changes - 1; i > 0; i--)
        {
            var other = random.NextInt(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        // All are drawn, so that turning one off leaves the others as they were.
        var brightness = Factor(ref random, spec.Brightness);
        var contrast = Factor(ref random, spec.Contrast);
        var saturation = Factor(ref random, spec.Saturation);
        var hue = (float)(spec.Hue * (2 * random.NextDouble() - 1));
        foreach (var change in order)
        {
            switch (change)
            {
                case 0 when spec.Brightness > 0: Colours.ChangeBrightness(pixels, brightness); break;
                case 1 when spec.Contrast > 0: Colours.ChangeContrast(pixels, contrast); break;
                case 2 when spec.Saturation > 0: Colours.ChangeSaturation(pixels, saturation); break;
                case 3 when spec.Hue > 0: Colours.ShiftHue(pixels, hue); break;
            }
        }
    }

    private static float Factor(ref KeyedRandom random, double strength)
    {
        var lowest = Math.Max(0, 1 - strength);
        return (float)(lowest + (1 + strength - lowest) * random.NextDouble());
    }
}
