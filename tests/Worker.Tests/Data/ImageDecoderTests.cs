using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

public class ImageDecoderTests
{
    [Fact]
    public void Decode_Colour_GivesRgb()
    {
        var image = new ImageDecoder(new FilesInMemory(JpegFiles.Colour)).Decode(0);
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
    public void Decode_Grey_HasThreeEqualChannels() =>
        new ImageDecoder(new FilesInMemory(JpegFiles.Grey)).Decode(0).Pixels.ToArray().ShouldAllBe(value => value == 77);

    [Fact]
    public void Decode_OneAfterAnother_HoldsTheNewImageOnly()
    {
        var decoder = new ImageDecoder(new FilesInMemory(JpegFiles.Colour, JpegFiles.Grey));
        decoder.Decode(0);
        decoder.Decode(1).Pixels.Length.ShouldBe(8 * 8 * 3);
    }

    [Fact]
    public void Decode_CutOff_NamesTheFile() => Problem(JpegFiles.Colour[..^20]).Where.ShouldBe("file 0");

    [Fact]
    public void Decode_Cmyk_SaysSo() => Problem(JpegFiles.Cmyk).Message.ShouldContain("the JPEG is CMYK");

    [Theory]
    [InlineData("")]
    [InlineData("GIF89a")]
    public void Decode_NoJpeg_SaysThatItCantBeRead(string content) =>
        Problem([.. content.Select(c => (byte)c)]).Message.ShouldStartWith("Can't read the image: ");

    private static Problem Problem(byte[] file) =>
        Should.Throw<UserErrorException>(() => { new ImageDecoder(new FilesInMemory(file)).Decode(0); }).Problems.ShouldHaveSingleItem();
}
