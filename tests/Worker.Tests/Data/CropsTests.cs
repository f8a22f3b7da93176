using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

public sealed class CropsTests
{
    [Theory]
    [InlineData(10), InlineData(12), InlineData(144)]
    public void Of_EachWindowTwiceTheSecondTimeMirrored_AllSquareAndInside(int count)
    {
        foreach (var (height, width) in new[] { (375, 500), (500, 375), (28, 28), (1, 1), (2, 7), (331, 347) })
        {
            var windows = Crops.Of(count, height, width);

            windows.Count.ShouldBe(count);
            windows.Where((_, i) => i % 2 == 1).ShouldBe(windows.Where((_, i) => i % 2 == 0).Select(window => window with { Mirrored = true }));
            windows.ShouldAllBe(window => window.Height == window.Width && window.Height > 0);
            windows.ShouldAllBe(window => window.Top >= 0 && window.Left >= 0 && window.Top + window.Height <= height && window.Left + window.Width <= width);
        }
    }

    // 256 of 512: scale 1, so the crops are the paper's own pixels.
    [Fact]
    public void Of_10_CornersAndCentreOfTheCentralSquare() => Places(Crops.Of(10, 256, 512))
        .ShouldBe([(0, 128, 224), (0, 160, 224), (32, 128, 224), (32, 160, 224), (16, 144, 224)]);

    [Fact]
    public void Of_12_AndTheWholeSquare() => Places(Crops.Of(12, 512, 256))
        .ShouldBe([(128, 0, 224), (128, 32, 224), (160, 0, 224), (160, 32, 224), (144, 16, 224), (128, 0, 256)]);

    [Fact]
    public void Of_144_FourScalesOfThreeSquares()
    {
        var windows = Places(Crops.Of(144, 352, 500)).ToList();

        windows.Count.ShouldBe(72);
        // Six windows a square: 352 · 224 / scale wide.
        windows.Chunk(18).Select(scale => scale[0].Side).ShouldBe([308, 274, 246, 224]);
        windows.Chunk(6).Select(square => square[5]).ShouldBe(Enumerable.Repeat(new[] { (0, 0, 352), (0, 74, 352), (0, 148, 352) }, 4).SelectMany(squares => squares));
        windows[^6..].ShouldBe([(0, 148, 224), (0, 276, 224), (128, 148, 224), (128, 276, 224), (64, 212, 224), (0, 148, 352)]);
    }

    [Fact]
    public void Of_UprightImages_TopCentreAndBottom() =>
        Places(Crops.Of(144, 500, 352)).Chunk(6).Take(3).Select(square => square[5]).ShouldBe([(0, 0, 352), (74, 0, 352), (148, 0, 352)]);

    [Fact]
    public void Of_AnotherCount_Throws() => Should.Throw<ArgumentOutOfRangeException>(() => Crops.Of(11, 10, 10));

    private static IEnumerable<(int Top, int Left, int Side)> Places(IReadOnlyList<CropWindow> windows) =>
        windows.Where(window => !window.Mirrored).Select(window => (window.Top, window.Left, window.Height));
}
