using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

public class FilteredResizerTests(PillowImages pillow, ITestOutputHelper output) : IClassFixture<PillowImages>
{
    [Fact]
    public void Resize_Photographs_GivesPillowsBits()
    {
        foreach (var group in pillow.Resizes.GroupBy(resize => (resize.Filter, Large: resize.Name.StartsWith("large", StringComparison.Ordinal))))
        {
            var differences = group.Select(resize => Difference(resize, Builders.Data with { DctScaling = false }, out _)).ToList();
            output.WriteLine($"{group.Key}: {differences.Count} windows, mean {differences.Average(d => d.Mean):0.0000}, largest {differences.Max(d => d.Largest)}");
            differences.Max(difference => difference.Largest).ShouldBe(0, group.Key.ToString());
        }
    }

    [Fact]
    public void Resize_LargePhotographsWithDctScaling_StaysCloseToPillow()
    {
        foreach (var resize in pillow.Resizes.Where(resize => resize.Name.StartsWith("large", StringComparison.Ordinal)))
        {
            var (mean, largest) = Difference(resize, Builders.Data, out var denominator);
            output.WriteLine($"{resize.Name} {resize.Window.Height} × {resize.Window.Width} {resize.Filter}: 1/{denominator}, mean {mean:0.000}, largest {largest}");
            denominator.ShouldBeGreaterThan(1);
            mean.ShouldBeLessThan(1.5, resize.ToString());
        }
    }

    [Theory]
    [InlineData(37, 53, 1, false)]
    [InlineData(37, 53, 3, true)]
    [InlineData(300, 200, 3, false)]
    [InlineData(3, 5, 1, true)]
    [InlineData(1, 1, 3, false)]
    public void Resize_AnyWindow_AgreesWithAFilterInDoublePrecision(int height, int width, int channels, bool cubic)
    {
        var filter = cubic ? FilterKind.Bicubic : FilterKind.Bilinear;
        var images = new FixedImages(1, height, width, channels);
        var stored = images.Read(0, new ByteBuffer());
        var image = new DecodedImage(stored.Bytes, 0, 0, height, width, channels, 1);
        var (resizer, result, random) = (new FilteredResizer(64, filter), new byte[64 * 64 * 3], KeyedRandom.From(Purpose.SyntheticData, 5));
        for (var i = 0; i < 20; i++)
        {
            var window = new CropWindow(random.NextInt(7) - 3, random.NextInt(7) - 3, height, width, random.NextBoolean());
            resizer.Resize(image, window, result);
            var expected = FilterReference.Resize(images.Pixels(0), window, 64, filter);
            for (var at = 0; at < result.Length; at++) Math.Abs(result[at] - expected[at]).ShouldBeLessThanOrEqualTo(1, $"{window}, byte {at}");
        }
    }

    [Theory]
    [InlineData(500, 299)]
    [InlineData(120, 299)]
    [InlineData(2000, 75)]
    [InlineData(3, 75)]
    public void Kernels_VectorAndPlainLoops_GiveTheSameBits(int sourceLength, int outputLength)
    {
        var random = KeyedRandom.From(Purpose.SyntheticData, 6);
        var pixels = new byte[4 * sourceLength + DecodedImage.Slack];
        foreach (ref var value in pixels.AsSpan()) value = (byte)random.NextInt(256);
        var taps = new FilterTaps(outputLength, FilterKind.Bicubic);
        taps.Prepare(0, sourceLength, sourceLength, mirrored: true);
        short[] weights = [];
        RowKernel.Expand(taps, ref weights);
        var (fast, plain) = (new byte[3 * outputLength + 1], new byte[3 * outputLength + 1]);
        RowKernel.Scale(pixels, 0, taps, weights, fast);
        RowKernel.ScalePlainly(pixels, taps, plain);
        fast[..^1].ShouldBe(plain[..^1]);

        RowPair[] columns = [new(0, 64, -123_456, (1 << 22) + 223_456), new(128, 128, -100_000, 0)];
        var rows = new byte[128 + 200];
        foreach (ref var value in rows.AsSpan()) value = (byte)random.NextInt(256);
        var (combined, plainly) = (new byte[199], new byte[199]);
        ColumnKernel.Combine(rows, columns, combined);
        ColumnKernel.CombinePlainly(rows, columns, plainly, 0);
        combined.ShouldBe(plainly);
    }

    private static (double Mean, int Largest) Difference(PillowResize resize, DataSpec data, out int denominator)
    {
        var decoder = new ImageDecoder(data, scaleDown: true);
        var stored = StoredImage.OfFile(resize.Content);
        decoder.Measure(stored, out var header).ShouldBeNull();
        decoder.Decode(stored, header, resize.Window, resize.Size, out var image).ShouldBeNull();
        denominator = image.Denominator;
        var result = new byte[resize.Pixels.Length];
        new FilteredResizer(resize.Size, resize.Filter == ResizeKind.Bicubic ? FilterKind.Bicubic : FilterKind.Bilinear).Resize(image, resize.Window, result);
        var differences = result.Zip(resize.Pixels, (actual, expected) => Math.Abs(actual - expected));
        return (differences.Average(), differences.Max());
    }
}
