using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

public sealed class ImageFolderDatasetTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public ImageFolderDatasetTests()
    {
        Write("train/n02/b.JPEG", JpegFiles.Colour);
        Write("train/n02/a.jpg", JpegFiles.Grey);
        Write("train/n02/.listing", []);
        Write("train/N10/c.jpeg", JpegFiles.Colour);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Open_NumbersClassesAndSamplesInOrdinalOrder()
    {
        var dataset = Open();
        (dataset.Count, dataset.Classes).ShouldBe((3, 2));
        Enumerable.Range(0, 3).Select(i => dataset.Label(i)).ShouldBe([0, 1, 1]);
        Enumerable.Range(0, 3).Select(i => dataset.Image(i, new PixelBuffer()).Width).ShouldBe([24, 8, 24]);
    }

    [Fact]
    public void Image_Colour_IsDecodedToRgb()
    {
        var image = Open().Image(0, new PixelBuffer());
        (image.Height, image.Width, image.Channels).ShouldBe((16, 24, 3));
        for (var y = 0; y < 16; y++)
        {
            for (var x = 0; x < 24; x++)
            {
                var pixel = image.Row(y).Slice(3 * x, 3);
                Math.Abs(pixel[0] - (x < 8 ? 200 : 20)).ShouldBeLessThanOrEqualTo(3);
                Math.Abs(pixel[1] - (x < 8 ? 30 : 60)).ShouldBeLessThanOrEqualTo(3);
                Math.Abs(pixel[2] - (x < 8 ? 40 : 220)).ShouldBeLessThanOrEqualTo(3);
            }
        }
    }

    [Fact]
    public void Image_Grey_HasThreeEqualChannels() => Open().Image(1, new PixelBuffer()).Pixels.ToArray().ShouldAllBe(value => value == 77);

    [Fact]
    public void Image_BufferUsedAgain_HoldsTheNewImageOnly()
    {
        var (dataset, buffer) = (Open(), new PixelBuffer());
        dataset.Image(0, buffer);
        dataset.Image(1, buffer).Pixels.Length.ShouldBe(8 * 8 * 3);
    }

    [Fact]
    public void Image_CutOff_NamesTheFile()
    {
        Write("train/N10/c.jpeg", JpegFiles.Colour[..^20]);
        Problem(0).Where.ShouldBe(_directory["train/N10/c.jpeg"]);
    }

    [Fact]
    public void Image_Cmyk_SaysSo()
    {
        Write("train/N10/c.jpeg", JpegFiles.Cmyk);
        Problem(0).Message.ShouldContain("the JPEG is CMYK");
    }

    [Theory]
    [InlineData("")]
    [InlineData("GIF89a")]
    public void Image_NoJpeg_NamesTheFile(string content)
    {
        Write("train/N10/c.jpeg", [.. content.Select(c => (byte)c)]);
        Problem(0).Message.ShouldStartWith("Can't read the image: ");
    }

    [Fact]
    public void Digest_DependsOnNamesAndSizes()
    {
        var before = Open().Digest;
        Open().Digest.ShouldBe(before);
        Open(limit: 2).Digest.ShouldNotBe(before);
        File.Move(_directory["train/n02/b.JPEG"], _directory["train/n02/c.JPEG"]);
        Open().Digest.ShouldNotBe(before);
    }

    [Fact]
    public void Open_OtherNumberOfClasses_IsRefused() =>
        Mistake(classes: 3).ShouldBe(new Problem("data.train.path", $"'{_directory["train"]}' holds 2 directories, one a class; model.classes is 3."));

    [Fact]
    public void Open_FileThatIsNoJpegByName_IsRefused()
    {
        Write("train/n02/z.png", []);
        Mistake().Message.ShouldContain($"1 of 4 files in '{_directory["train"]}' are not named .jpg or .jpeg, the first being '{_directory["train/n02/z.png"]}'");
    }

    [Fact]
    public void Open_NoSuchSplit_NamesIt() => Mistake(split: "val").ShouldBe(new Problem("data.train.split", $"There is no directory '{_directory["val"]}'."));

    [Fact]
    public void Open_LimitBeyondTheDataset_SaysHowManyThereAre() => Mistake(limit: 4).Message.ShouldContain("there are 3");

    private ImageFolderDataset Open(string split = "train", int limit = 0, int classes = 2) =>
        ImageFolderDataset.Open(_directory.Path, split, limit, classes, "data.train");

    private Problem Mistake(string split = "train", int limit = 0, int classes = 2) =>
        Should.Throw<UserErrorException>(() => Open(split, limit, classes)).Problems.ShouldHaveSingleItem();

    private Problem Problem(long sample) =>
        Should.Throw<UserErrorException>(() => { Open().Image(sample, new PixelBuffer()); }).Problems.ShouldHaveSingleItem();

    private void Write(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory[name])!);
        File.WriteAllBytes(_directory[name], content);
    }
}
