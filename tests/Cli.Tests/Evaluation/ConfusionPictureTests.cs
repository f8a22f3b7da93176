using System.Buffers.Binary;
using System.IO.Compression;
using System.Xml.Linq;
using Inception.Distributed.Cli.Evaluation;
using Inception.Distributed.Evaluation;

namespace Inception.Distributed.Cli.Tests.Evaluation;

public sealed class ConfusionPictureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void ToSvg_FewClasses_CountsAndNumbersAreThere()
    {
        var svg = XDocument.Parse(Picture(3).ToSvg());

        var texts = svg.Descendants(Svg + "text").Select(text => text.Value).ToList();
        texts.ShouldContain("true class");
        texts.ShouldContain("predicted class");
        texts.ShouldContain("top-1 66.67 %, top-5 100.00 %, 6 images");
        // Rows 0 to 2 hold 0: (1), 1: (1 right, 1 as 0), 2: (2 right, 1 as 0); each label stands at both axes.
        texts.Where(text => text.Length == 1).Order(StringComparer.Ordinal).ShouldBe(["0", "0", "1", "1", "1", "1", "1", "1", "2", "2", "2"]);
    }

    [Fact]
    public void ToPng_IsAPictureOfItsSize_WithTheDarkestSquaresOnTheDiagonal()
    {
        var png = Picture(3).ToPng();
        var (width, height, pixels) = Decode(png);

        var svg = XDocument.Parse(Picture(3).ToSvg()).Root!;
        ($"{width}", $"{height}").ShouldBe((svg.Attribute("width")!.Value, svg.Attribute("height")!.Value));
        // The square of class 0 taken for 0 is all of its row, its neighbour to the right is empty; 72 pixels a square.
        var darkest = IndexOf(pixels, [8, 48, 107]);
        pixels.AsSpan(darkest + 72 * 3, 3).ToArray().ShouldBe([255, 255, 255]);
    }

    [Fact]
    public void ToSvg_ThousandClasses_SquaresAreOnePictureAndTicksAreFew()
    {
        var svg = XDocument.Parse(Picture(1000).ToSvg());

        svg.Descendants(Svg + "image").Count().ShouldBe(1);
        svg.Descendants(Svg + "text").Count().ShouldBeLessThan(60);
        svg.Descendants(Svg + "text").Select(text => text.Value).ShouldContain("900");
    }

    [Fact]
    public void ClassNames_OtherThanTheClasses_AreAMistake()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "shirt\ncoat\n");
            ClassNames.Read(file, ["0", "1"], 2)[1].ShouldBe("coat");
            Should.Throw<UserErrorException>(() => ClassNames.Read(file, null, 3)).Message.ShouldContain("has 2 names, the network 3 classes");
        }
        finally
        {
            File.Delete(file);
        }
    }

    // Class k has k images beside its own: one taken for class 0, the others right.
    private static ConfusionPicture Picture(int classes)
    {
        var outcomes = new List<ImageOutcome>();
        for (var label = 0; label < classes; label++)
        {
            for (var image = 0; image <= Math.Min(label, 2); image++)
            {
                var wrong = label > 0 && image == 0;
                outcomes.Add(new ImageOutcome(outcomes.Count, label, wrong ? 0 : label, wrong ? 1 : 0, 0));
            }
        }

        return new ConfusionPicture(EvaluationFigures.Of(classes, [outcomes]), ClassNames.Read(null, null, classes));
    }

    private static int IndexOf(byte[] pixels, byte[] colour)
    {
        for (var i = 0; i < pixels.Length; i += 3)
        {
            if (pixels.AsSpan(i, 3).SequenceEqual(colour)) return i;
        }

        throw new InvalidOperationException("no pixel has that colour");
    }

    /// <summary>Reads what the writer writes: one IDAT, rows filtered "up".</summary>
    private static (int Width, int Height, byte[] Pixels) Decode(byte[] png)
    {
        int Word(int at) => BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
        var (width, height) = (Word(16), Word(20));
        using var zlib = new ZLibStream(new MemoryStream(png, 41, Word(33)), CompressionMode.Decompress);
        var pixels = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
        {
            zlib.ReadByte().ShouldBe(2);
            var row = pixels.AsSpan(y * width * 3, width * 3);
            zlib.ReadExactly(row);
            for (var x = 0; y > 0 && x < row.Length; x++) row[x] += pixels[(y - 1) * width * 3 + x];
        }

        return (width, height, pixels);
    }
}
