using Inception.Distributed.Jobs;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Data;
using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Tests.Data.Tools;

public sealed class DatasetPackerTests : IDisposable
{
    private const int Count = 101;
    private static readonly PackOptions Options = new(Size: 24, Quality: 90, ShardSamples: 37);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Run_ReadBackAsWebDataset_GivesLabelsAndPicturesInTheOrderOfTheSet()
    {
        var images = new FixedImages(Count, 30, 41, 3);

        var summary = Pack(images, "out");

        (summary.Images, summary.Shards, summary.ShardsBefore, summary.LeftOut.Count).ShouldBe((Count, 3, 0, 0));
        var packed = OpenShards("out");
        packed.Count.ShouldBe(Count);
        var buffer = new ByteBuffer();
        for (var sample = 0; sample < Count; sample++)
        {
            packed.Label(sample).ShouldBe(sample);
            ImageFile.ReadHeader(packed.Read(sample, buffer).Bytes, out var header).ShouldBeNull();
            (header.Format, header.Height, header.Width).ShouldBe((ImageFormat.Jpeg, 24, 33));
        }
    }

    [Fact]
    public void Run_SamePicture_AfterTheEncoder()
    {
        // 24 × 16 with two plain halves: what a JPEG of quality 90 gives back is near.
        Pack(new FilesInMemory(JpegFiles.Colour), "out", Options with { Size = 8 });

        var file = OpenShards("out").Read(0, new ByteBuffer()).Bytes;
        var pixels = new byte[8 * 12 * 4 + 8 * 4 * 128 * 2];
        ImageFile.Decode(file, new ImagePart(0, 0, 8, 12), 1, pixels, out var part).ShouldBeNull();
        part.ShouldBe(new ImagePart(0, 0, 8, 12));
        pixels[..3].Zip([200, 30, 40], (found, wanted) => Math.Abs(found - wanted)).ShouldAllBe(difference => difference < 16);
        pixels[(11 * 4)..(11 * 4 + 3)].Zip([20, 60, 220], (found, wanted) => Math.Abs(found - wanted)).ShouldAllBe(difference => difference < 16);
    }

    [Fact]
    public void Run_SmallJpegs_AreCopiedByteForByte()
    {
        Pack(new FilesInMemory(JpegFiles.Colour, JpegFiles.Cmyk), "out").Copied.ShouldBe(2);

        var packed = OpenShards("out");
        packed.Read(0, new ByteBuffer()).Bytes.ToArray().ShouldBe(JpegFiles.Colour);
        packed.Read(1, new ByteBuffer()).Bytes.ToArray().ShouldBe(JpegFiles.Cmyk);
    }

    [Fact]
    public void Run_CorruptSamples_AreLeftOutAndNamed()
    {
        var summary = Pack(new FilesInMemory(JpegFiles.Colour, JpegFiles.Colour[..^40], JpegFiles.Grey), "out");

        summary.LeftOut.ShouldHaveSingleItem().Name.ShouldBe("file 1");
        summary.Images.ShouldBe(2);
        OpenShards("out").Count.ShouldBe(2);
    }

    [Fact]
    public void Run_Interrupted_GoesOnToTheSameBytes()
    {
        var images = new FixedImages(Count, 30, 41, 3);
        Pack(images, "undisturbed", threads: 3);
        using var stop = new CancellationTokenSource();
        var interrupted = new StoppingDataset(images, stop, after: 60);
        Should.Throw<OperationCanceledException>(() => new DatasetPacker(interrupted, Builders.Data, Options).Run(_directory["out"], 1, new ScanProgress(), stop.Token));
        Files("out").ShouldBe(["000000.tar", "pack.json"]);

        var summary = Pack(images, "out", threads: 2);

        (summary.Images, summary.Shards, summary.ShardsBefore).ShouldBe((Count, 3, 1));
        Files("out").ShouldBe(Files("undisturbed"));
        foreach (var file in Files("out")) File.ReadAllBytes(_directory[$"out/{file}"]).ShouldBe(File.ReadAllBytes(_directory[$"undisturbed/{file}"]), file);
    }

    [Fact]
    public void Run_OtherOptionsInTheSameDirectory_AreRefused()
    {
        var images = new FixedImages(5, 30, 41, 3);
        Pack(images, "out");

        Should.Throw<UserErrorException>(() => Pack(images, "out", Options with { Size = 25, Quality = 80 })).Message
            .ShouldEndWith("packed from --size 24, --quality 90; give the same to go on with it, or a new directory");
        File.WriteAllText(_directory["out/pack.json"], "{");
        Should.Throw<UserErrorException>(() => Pack(images, "out")).Message.ShouldContain("is not what this command writes");
    }

    [Fact]
    public void Run_IntoADirectoryOfSomethingElse_IsRefused()
    {
        File.WriteAllText(_directory["thesis.txt"], "");
        Should.Throw<UserErrorException>(() => Pack(new FixedImages(5, 8, 8, 3), "")).Message.ShouldContain("holds files of something else");
        Files("").ShouldBe(["thesis.txt"]);
    }

    [Theory]
    [InlineData("/data/n01/n01_7.JPEG", "00000005_n01_7")]
    [InlineData("/data/train.tar: n01_7.v2.JPEG", "00000005_n01_7_v2")]
    [InlineData("synthetic image 5", "00000005_synthetic_image_5")]
    public void KeyOf_IsTheNumberAndWhatIsLeftOfTheName(string name, string key) => ShardWriter.KeyOf(5, name).ShouldBe(key);

    private PackSummary Pack(IDataset dataset, string directory, PackOptions? options = null, int threads = 2) =>
        new DatasetPacker(dataset, Builders.Data, options ?? Options).Run(_directory[directory], threads, new ScanProgress(), CancellationToken.None);

    private IDataset OpenShards(string directory) => Datasets.Open(
        new DatasetSpec { Format = DatasetFormat.WebDataset, Path = _directory[directory] }, null, "data.train", false, _directory["cache"], _ => { });

    private IEnumerable<string> Files(string directory) => Directory.EnumerateFiles(_directory[directory]).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    /// <summary>Asks for a stop while a sample is read.</summary>
    private sealed class StoppingDataset(IDataset dataset, CancellationTokenSource stop, int after) : IDataset
    {
        private int _read;

        public long Count => dataset.Count;

        public int Classes => dataset.Classes;

        public string Digest => dataset.Digest;

        public IReadOnlyList<string> ClassNames => dataset.ClassNames;

        public int Label(long sample) => dataset.Label(sample);

        public string Name(long sample) => dataset.Name(sample);

        public StoredImage Read(long sample, ByteBuffer buffer)
        {
            if (Interlocked.Increment(ref _read) == after) stop.Cancel();
            return dataset.Read(sample, buffer);
        }
    }
}
