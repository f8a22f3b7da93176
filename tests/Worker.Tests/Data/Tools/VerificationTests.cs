using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Tests.Data.Tools;

public sealed class VerificationTests
{
    [Fact]
    public void Run_NamesEveryCorruptSampleWithItsReason()
    {
        var cut = JpegFiles.Colour[..^40];
        var corrupt = Verification.Run(
            new FilesInMemory(JpegFiles.Colour, cut, JpegFiles.Grey, [], JpegFiles.Cmyk), Builders.Data, 2, new ScanProgress(), CancellationToken.None);

        corrupt.Select(sample => (sample.Sample, sample.Name)).ShouldBe([(1, "file 1"), (3, "file 3")]);
        corrupt[0].Problem.ShouldContain("Premature end");
        corrupt[1].Problem.ShouldBe("the file is empty");
    }

    [Fact]
    public void Run_HoldsTheLimitOfPixels()
    {
        var corrupt = Verification.Run(
            new FilesInMemory(JpegFiles.Colour), Builders.Data with { MaxPixels = 24 * 16 - 1 }, 1, new ScanProgress(), CancellationToken.None);

        corrupt.ShouldHaveSingleItem().Problem.ShouldContain("data.maxPixels (383)");
    }
}
