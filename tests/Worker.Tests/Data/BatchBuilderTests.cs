using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

public class BatchBuilderTests
{
    private static readonly NormalizeSpec Normalize = new() { Mean = 0.45, Deviation = 0.22 };

    public static TheoryData<int, int, int, int, CropKind> Geometries { get; } = new()
    {
        { 28, 28, 1, 75, CropKind.Padded },
        { 28, 28, 1, 28, CropKind.None },
        { 3, 4, 1, 75, CropKind.Padded },
        { 1, 1, 1, 7, CropKind.None },
        { 37, 53, 3, 75, CropKind.Resized },
        { 37, 53, 3, 20, CropKind.Resized },
        { 200, 150, 3, 75, CropKind.None },
        { 19, 23, 3, 31, CropKind.Padded },
    };

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Fill_AgreesWithTheReferenceInDoublePrecision(int height, int width, int channels, int size, CropKind crop)
    {
        var dataset = new FixedImages(8, height, width, channels);
        var augment = new AugmentSpec { Crop = crop, Padding = 5 };
        var augmentation = new Augmentation(augment, seed: 6);
        SampleReference[] samples = [.. Enumerable.Range(0, 8).Select(sample => new SampleReference(3, sample))];
        foreach (var training in new[] { true, false })
        {
            var (images, labels) = Fill(dataset, size, augment, 6, samples, training);
            labels.ShouldBe([0, 1, 2, 3, 4, 5, 6, 7]);
            for (var i = 0; i < samples.Length; i++)
            {
                var window = training ? augmentation.ForTraining(samples[i], height, width) : augmentation.ForEvaluation(height, width);
                var expected = Reference.Input(dataset.Pixels(i), window, size, Normalize);
                LargestDifference(expected, images.AsSpan(i * expected.Length, expected.Length)).ShouldBeLessThan(3e-6);
            }
        }
    }

    [Fact]
    public void Fill_HowSamplesAreGrouped_ChangesNoBit()
    {
        var dataset = new FixedImages(7, 28, 28, 1);
        var augment = new AugmentSpec { Crop = CropKind.Padded };
        SampleReference[] samples = [.. Enumerable.Range(0, 7).Select(sample => new SampleReference(1, sample))];
        var (together, _) = Fill(dataset, 75, augment, 2, samples, training: true);
        var oneByOne = samples.Reverse().Select(sample => Fill(dataset, 75, augment, 2, [sample], training: true).Images).Reverse();
        oneByOne.SelectMany(image => image).ShouldBe(together);
    }

    [Fact]
    public void Fill_Evaluation_IgnoresEpochAndSeed()
    {
        var dataset = new FixedImages(3, 28, 28, 1);
        var augment = new AugmentSpec { Crop = CropKind.Padded };
        var expected = Fill(dataset, 75, augment, 1, [new(0, 2)], training: false).Images;
        Fill(dataset, 75, augment, 9, [new(5, 2)], training: false).Images.ShouldBe(expected);
    }

    [Fact]
    public void Fill_AllocatesNothingASample()
    {
        var dataset = new FixedImages(64, 28, 28, 1);
        var builder = Builders.Create(dataset, 75, new AugmentSpec { Crop = CropKind.Padded }, 1, Normalize);
        SampleReference[] samples = [.. Enumerable.Range(0, 64).Select(sample => new SampleReference(0, sample))];
        var images = new float[64 * builder.ImageElements];
        var labels = new long[64];
        builder.Fill(samples, true, images, labels);
        var before = GC.GetAllocatedBytesForCurrentThread();
        builder.Fill(samples, true, images, labels);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Fill_Jpegs_AllocatesNothingASample()
    {
        var dataset = new FilesInMemory([.. Enumerable.Repeat(JpegFiles.Colour, 16), .. Enumerable.Repeat(JpegFiles.Grey, 16)]);
        var builder = Builders.Create(dataset, 75, new AugmentSpec { Crop = CropKind.Resized }, 1, Normalize);
        SampleReference[] samples = [.. Enumerable.Range(0, 32).Select(sample => new SampleReference(0, sample))];
        var images = new float[32 * builder.ImageElements];
        var labels = new long[32];
        builder.Fill(samples, true, images, labels);
        var before = GC.GetAllocatedBytesForCurrentThread();
        builder.Fill(samples, true, images, labels);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Fill_BuffersOfAnotherSize_Throws()
    {
        var builder = Builders.Create(new FixedImages(2, 4, 4, 1), 5, new AugmentSpec(), 1, Normalize);
        Should.Throw<ArgumentException>(() => builder.Fill([new(0, 0)], true, new float[74], new long[1]));
        Should.Throw<ArgumentException>(() => builder.Fill([new(0, 0)], true, new float[75], new long[2]));
    }

    private static (float[] Images, long[] Labels) Fill(
        IDataset dataset, int size, AugmentSpec augment, long seed, SampleReference[] samples, bool training)
    {
        var builder = Builders.Create(dataset, size, augment, seed, Normalize);
        var images = new float[samples.Length * builder.ImageElements];
        var labels = new long[samples.Length];
        builder.Fill(samples, training, images, labels);
        return (images, labels);
    }

    private static double LargestDifference(double[] expected, ReadOnlySpan<float> actual)
    {
        var largest = 0.0;
        for (var i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i] - actual[i]));
        }

        return largest;
    }
}
