using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

public class AugmentationTests
{
    private static readonly AugmentSpec[] Specs =
    [
        new() { Flip = true, Crop = CropKind.None },
        new() { Flip = false, Crop = CropKind.Padded, Padding = 3 },
        new() { Flip = true, Crop = CropKind.Resized },
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void ForTraining_ChangesWithSeedEpochAndSampleAndNothingElse(int spec)
    {
        var windows = Windows(Specs[spec], seed: 1, epoch: 2, firstSample: 0);
        Windows(Specs[spec], 1, 2, 0).ShouldBe(windows);
        Windows(Specs[spec], 2, 2, 0).ShouldNotBe(windows);
        Windows(Specs[spec], 1, 3, 0).ShouldNotBe(windows);
        Windows(Specs[spec], 1, 2, 1).ShouldNotBe(windows);

        // The same samples met in another order, by another instance
        var augmentation = new Augmentation(Specs[spec], 1);
        Enumerable.Range(0, 64).Reverse().Select(sample => augmentation.ForTraining(new SampleReference(2, sample), 20, 30)).Reverse().ShouldBe(windows);
    }

    [Fact]
    public void ForTraining_Flip_MirrorsHalfOfTheImages()
    {
        var augmentation = new Augmentation(Specs[0], 7);
        var mirrored = Enumerable.Range(0, 4000).Count(sample => augmentation.ForTraining(new SampleReference(0, sample), 28, 28).Mirrored);
        (mirrored / 4000.0).ShouldBe(0.5, 0.04);
        var unflipped = new Augmentation(Specs[0] with { Flip = false }, 7);
        Enumerable.Range(0, 100).ShouldAllBe(sample => unflipped.ForTraining(new SampleReference(0, sample), 28, 28) == CropWindow.Whole(28, 28));
    }

    [Fact]
    public void ForTraining_Padded_ReachesEveryShiftUpToThePaddingAndNoMore()
    {
        var augmentation = new Augmentation(Specs[1], 7);
        var windows = Enumerable.Range(0, 2000).Select(sample => augmentation.ForTraining(new SampleReference(0, sample), 28, 20)).ToList();
        windows.ShouldAllBe(window => window.Height == 28 && window.Width == 20);
        windows.Select(window => (window.Top, window.Left)).Distinct().Count().ShouldBe(7 * 7);
        windows.ShouldAllBe(window => Math.Abs(window.Top) <= 3 && Math.Abs(window.Left) <= 3);
    }

    [Theory]
    [InlineData(375, 500)]
    [InlineData(28, 28)]
    [InlineData(500, 375)]
    public void ForTraining_Resized_StaysInsideWithTheRightAreaAndAspect(int height, int width)
    {
        var augmentation = new Augmentation(Specs[2], 7);
        var smallest = 1.0;
        for (var sample = 0; sample < 2000; sample++)
        {
            var window = augmentation.ForTraining(new SampleReference(0, sample), height, width);
            window.Top.ShouldBeInRange(0, height - window.Height);
            window.Left.ShouldBeInRange(0, width - window.Width);
            var area = (double)window.Height * window.Width / (height * width);
            area.ShouldBeGreaterThan(0.08 - 2.0 / Math.Min(height, width));
            smallest = Math.Min(smallest, area);
            if (window.Height != height || window.Width != width)
            {
                ((double)window.Width / window.Height).ShouldBeInRange(0.65, 1.55);
            }
        }

        smallest.ShouldBeLessThan(0.1);
    }

    [Fact]
    public void ForTraining_LogAspect_MakesUprightAndWideWindowsEquallyOften()
    {
        Share(logAspect: true).ShouldBe(0.5, 0.025);
        // (4/3 − 1) / (4/3 − 3/4) of the uniform ones are wide.
        Share(logAspect: false).ShouldBe(0.571, 0.025);

        static double Share(bool logAspect)
        {
            var augmentation = new Augmentation(new AugmentSpec { Crop = CropKind.Resized, LogAspect = logAspect, MinimumArea = 0.1 }, 7);
            var windows = Enumerable.Range(0, 6000).Select(sample => augmentation.ForTraining(new SampleReference(0, sample), 2000, 2000))
                .Where(window => window.Height * window.Width < 0.4 * 2000 * 2000).ToList();
            return windows.Count(window => window.Width > window.Height) / (double)windows.Count;
        }
    }

    [Fact]
    public void ForTraining_ResizedOnAnImageThatNoWindowFits_TakesTheWhole()
    {
        var augmentation = new Augmentation(Specs[2] with { Flip = false, MinimumArea = 0.9 }, 7);
        augmentation.ForTraining(new SampleReference(0, 0), 1, 50).ShouldBe(CropWindow.Whole(1, 50));
    }

    [Fact]
    public void ForEvaluation_IsTheWholeImage_OrTheCentreAfterResizedCrops()
    {
        new Augmentation(Specs[1], 7).ForEvaluation(28, 20).ShouldBe(CropWindow.Whole(28, 20));
        new Augmentation(Specs[2], 7).ForEvaluation(375, 500).ShouldBe(new CropWindow(23, 86, 328, 328, false));
    }

    private static List<CropWindow> Windows(AugmentSpec spec, long seed, long epoch, int firstSample)
    {
        var augmentation = new Augmentation(spec, seed);
        return [.. Enumerable.Range(firstSample, 64).Select(sample => augmentation.ForTraining(new SampleReference(epoch, sample), 20, 30))];
    }
}
