using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Data;
using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Tests.Data;

/// <summary>Files that are no plain RGB photographs, from the directory to the network's input.</summary>
public sealed class OddFilesTests : IClassFixture<PillowImages>, IDisposable
{
    private const int Size = 75;

    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, PillowFile> _files;
    private readonly ImageFolderDataset _dataset;

    public OddFilesTests(PillowImages pillow)
    {
        _files = pillow.Files.Where(file => !file.Upright).ToDictionary(file => file.Name);
        Directory.CreateDirectory(_directory["odd"]);
        foreach (var (name, file) in _files) File.WriteAllBytes(_directory[$"odd/{name}"], file.Content);
        _dataset = ImageFolderDataset.Open(_directory.Path, "", 0, null, "data.train");
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void HeaderScan_OfOddFiles_TellsTheirTraits()
    {
        var headers = HeaderScan.Read(_dataset, 2, new ScanProgress(), CancellationToken.None)
            .Select((header, sample) => (Name: NameOf(sample), header)).ToDictionary(pair => pair.Name, pair => pair.header);

        headers.Values.ShouldAllBe(header => header.Problem == null);
        headers["cmyk.jpg"].Traits.ShouldBe(new ImageTraits(ImageColour.Cmyk, 8, 0, 0));
        headers["ycck.jpg"].Traits.ShouldBe(new ImageTraits(ImageColour.Ycck, 8, 0, 0));
        headers["grey.jpg"].Traits.ShouldBe(new ImageTraits(ImageColour.Grey, 8, 0, 0));
        headers["grey16.png"].Traits.ShouldBe(new ImageTraits(ImageColour.Grey, 16, 0, 0));
        headers["alpha.png"].Traits.ShouldBe(new ImageTraits(ImageColour.Rgb, 8, 1, 0));
        headers["grey-alpha.png"].Traits.ShouldBe(new ImageTraits(ImageColour.Grey, 8, 1, 0));
        headers["palette-transparent.png"].Traits.ShouldBe(new ImageTraits(ImageColour.Palette, 8, 1, 0));
        headers["progressive.jpg"].Traits.ShouldBe(new ImageTraits(ImageColour.Rgb, 8, 0, 1));
        headers["png-named.JPEG"].Format.ShouldBe(ImageFormat.Png);
    }

    [Fact]
    public void Fill_OddFiles_TrainsOnThePixelsThatPillowSees()
    {
        var pixels = new PixelsInMemory([.. Enumerable.Range(0, (int)_dataset.Count).Select(sample => _files[NameOf(sample)])]);

        var fromFiles = Fill(_dataset);
        var fromPixels = Fill(pixels);

        for (var sample = 0; sample < pixels.Count; sample++)
        {
            var range = (sample * Size * Size * 3)..((sample + 1) * Size * Size * 3);
            fromFiles[range].ShouldBe(fromPixels[range], NameOf(sample));
        }
    }

    private string NameOf(long sample) => Path.GetFileName(_dataset.Name(sample));

    private static float[] Fill(IDataset dataset)
    {
        // Pixels are not smoothed unless the job says so, files are.
        var data = Builders.Data with { Resize = ResizeKind.Bilinear, Augment = new AugmentSpec { Crop = CropKind.Resized, Flip = true } };
        var builder = Builders.Create(dataset, Size, data with { DctScaling = false }, seed: 11);
        SampleReference[] samples = [.. Enumerable.Range(0, (int)dataset.Count).Select(sample => new SampleReference(2, sample))];
        var images = new float[samples.Length * builder.ImageElements];
        builder.Fill(samples, training: true, images, new long[samples.Length]).ShouldBe(0, "none is corrupt");
        return images;
    }

    /// <summary>The pixels of files, as Pillow decodes them.</summary>
    private sealed class PixelsInMemory(PillowFile[] files) : IDataset
    {
        public long Count => files.Length;

        public int Classes => 1;

        public IReadOnlyList<string> ClassNames => [];

        public string Digest => "";

        public int Label(long sample) => 0;

        public string Name(long sample) => files[sample].Name;

        public StoredImage Read(long sample, ByteBuffer buffer) => StoredImage.OfPixels(files[sample].Pixels, files[sample].Height, files[sample].Width, 3);
    }
}
