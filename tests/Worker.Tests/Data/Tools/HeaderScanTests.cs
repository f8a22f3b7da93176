using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Data;
using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Tests.Data.Tools;

public sealed class HeaderScanTests
{
    [Fact]
    public void Read_TellsWhatEachFileHolds()
    {
        var headers = Scan(new FilesInMemory(JpegFiles.Colour, JpegFiles.Grey, JpegFiles.Cmyk));

        headers[0].ShouldBe(new SampleHeader(JpegFiles.Colour.Length, ImageFormat.Jpeg, 16, 24, 1, new ImageTraits(ImageColour.Rgb, 8, 0, 0), null));
        headers[1].Traits.Colour.ShouldBe(ImageColour.Grey);
        headers[2].Traits.Colour.ShouldBe(ImageColour.Cmyk);
    }

    [Fact]
    public void Read_BrokenHeaders_AreNamedAndTheRestGoesOn()
    {
        var headers = Scan(new FilesInMemory([], JpegFiles.Colour[..30], "no image"u8.ToArray(), JpegFiles.Colour));

        headers[0].Problem.ShouldBe("the file is empty");
        headers[1].Problem.ShouldNotBeNull();
        headers[2].Problem!.ShouldContain("neither as a JPEG nor");
        headers[3].Problem.ShouldBeNull();
    }

    [Fact]
    public void Read_AHeaderBehindALargeComment_IsFoundInTheWholeFile()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory["a"]);
        byte[] comment = [0xFF, 0xFE, 0xEA, 0x62, .. new byte[60_000]];
        File.WriteAllBytes(directory["a/1.jpg"], [.. JpegFiles.Colour[..2], .. comment, .. JpegFiles.Colour[2..]]);

        var dataset = ImageFolderDataset.Open(directory.Path, "", 0, null, "data.train");
        dataset.ReadStart(0, 100, new ByteBuffer(), out var length).Bytes.Length.ShouldBe(100);
        length.ShouldBe(60_004 + JpegFiles.Colour.Length);
        Scan(dataset)[0].ShouldBe(new SampleHeader(length, ImageFormat.Jpeg, 16, 24, 1, new ImageTraits(ImageColour.Rgb, 8, 0, 0), null));
    }

    [Fact]
    public void Read_AFileThatIsGone_IsAProblemOfThatSample()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory["a"]);
        File.WriteAllBytes(directory["a/1.jpg"], JpegFiles.Colour);
        File.WriteAllBytes(directory["a/2.jpg"], JpegFiles.Colour);
        var dataset = ImageFolderDataset.Open(directory.Path, "", 0, null, "data.train");
        File.Delete(directory["a/1.jpg"]);

        var headers = Scan(dataset);

        headers[0].Problem!.ShouldStartWith("Can't read the file");
        headers[1].Problem.ShouldBeNull();
    }

    [Fact]
    public void Read_Stopped_Throws() => Should.Throw<OperationCanceledException>(() =>
        HeaderScan.Read(new FixedImages(10_000, 2, 2, 3), 2, new ScanProgress(), new CancellationToken(canceled: true)));

    [Fact]
    public void Read_CountsItsProgress()
    {
        var progress = new ScanProgress();
        HeaderScan.Read(new FixedImages(1_013, 2, 2, 3), 3, progress, CancellationToken.None).Length.ShouldBe(1_013);
        progress.Samples.ShouldBe(1_013);
    }

    private static SampleHeader[] Scan(IDataset dataset) => HeaderScan.Read(dataset, 2, new ScanProgress(), CancellationToken.None);
}
