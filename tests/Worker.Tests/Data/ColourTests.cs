using System.Globalization;
using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

public class ColourTests(PillowImages pillow) : IClassFixture<PillowImages>
{
    private const int Size = 32;

    [Theory]
    [InlineData(0.0f)]
    [InlineData(0.37f)]
    [InlineData(1.0f)]
    [InlineData(1.62f)]
    public void Changes_GivePillowsBits(float factor)
    {
        Changed(pixels => Colours.ChangeBrightness(pixels, factor)).ShouldBe(Expected("brightness", factor));
        Changed(pixels => Colours.ChangeContrast(pixels, factor)).ShouldBe(Expected("contrast", factor));
        Changed(pixels => Colours.ChangeSaturation(pixels, factor)).ShouldBe(Expected("saturation", factor));
        Changed(pixels => Colours.ShiftHue(pixels, factor < 1 ? factor - 0.5f : factor - 1.25f)).ShouldBe(Expected("hue", factor));
    }

    [Theory]
    [InlineData(ResizeKind.Bilinear)]
    [InlineData(ResizeKind.NearestFour)]
    public void Fill_JitterAndErasing_AreAFunctionOfSeedEpochAndSample_AndLeaveEvaluationAlone(ResizeKind resize)
    {
        var strong = new AugmentSpec { Brightness = 0.8, Contrast = 0.8, Saturation = 0.8, Hue = 0.5, Erase = 0.5 };
        var images = new FixedImages(40, Size, Size, 3);
        var plain = Fill(images, new AugmentSpec(), resize, 1, 0, training: true);
        var changed = Fill(images, strong, resize, 1, 0, training: true);
        changed.ShouldNotBe(plain);
        Fill(images, strong, resize, 1, 0, training: true).ShouldBe(changed);
        Fill(images, strong, resize, 2, 0, training: true).ShouldNotBe(changed);
        Fill(images, strong, resize, 1, 1, training: true).ShouldNotBe(changed);
        Fill(images, strong, resize, 1, 0, training: false).ShouldBe(Fill(images, new AugmentSpec(), resize, 1, 0, training: false));
    }

    [Fact]
    public void Erase_ClearsOneRectangleOfTheRightSize_AsOftenAsAsked()
    {
        var (erasing, erased) = (new RandomErasing(0.25, seed: 3), 0);
        for (var sample = 0; sample < 2000; sample++)
        {
            var image = Enumerable.Repeat(1f, 100 * 100 * 3).ToArray();
            erasing.Apply(new SampleReference(0, sample), 100, image);
            var cleared = Enumerable.Range(0, 100 * 100).Where(i => image[3 * i] == 0).ToList();
            if (cleared.Count == 0) continue;
            erased++;
            var (rows, columns) = (cleared.Select(i => i / 100).Distinct().Count(), cleared.Select(i => i % 100).Distinct().Count());
            cleared.Count.ShouldBe(rows * columns);
            image.Count(value => value == 0).ShouldBe(3 * cleared.Count);
            cleared.Count.ShouldBeInRange(150, 3400);
            ((double)rows / columns).ShouldBeInRange(0.25, 4);
        }

        (erased / 2000.0).ShouldBe(0.25, 0.03);
    }

    private static float[] Fill(FixedImages dataset, AugmentSpec augment, ResizeKind resize, long seed, long epoch, bool training)
    {
        var builder = Builders.Create(dataset, Size, Builders.Data with { Augment = augment, Resize = resize }, seed);
        var images = new float[40 * builder.ImageElements];
        builder.Fill([.. Enumerable.Range(0, 40).Select(sample => new SampleReference(epoch, sample))], training, images, new long[40]);
        return images;
    }

    private byte[] Changed(Action<byte[]> change)
    {
        var pixels = pillow.Bytes("colours.rgb");
        change(pixels);
        return pixels;
    }

    private byte[] Expected(string name, float factor) => pillow.Bytes(string.Create(CultureInfo.InvariantCulture, $"{name}-{factor:0.0#}.rgb"));
}
