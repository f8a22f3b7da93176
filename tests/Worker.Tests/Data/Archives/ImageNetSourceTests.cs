using Inception.Distributed.Worker.Data;
using Inception.Distributed.Worker.Data.Archives;

namespace Inception.Distributed.Tests.Data.Archives;

public sealed class ImageNetSourceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _said = [];

    public ImageNetSourceTests() => ImageNetFiles.Write(
        _directory["imagenet"],
        new Dictionary<string, byte[][]> { ["n01"] = [Image("n01 0"), Image("n01 1")], ["n02"] = [Image("n02 0")], ["n03"] = [Image("n03 0")] },
        [("n03", Image("val 1")), ("n01", Image("val 2")), ("n02", Image("val 3"))]);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Open_TrainingSet_NumbersClassesByWordNetId()
    {
        var dataset = new ArchiveDataset(Open("train"), 3);
        Samples(dataset).ShouldBe([(0, "n01 0"), (0, "n01 1"), (1, "n02 0"), (2, "n03 0")]);
        dataset.ClassNames.ShouldBe(["words of n01", "words of n02", "words of n03"]);
    }

    [Fact]
    public void Open_TrainingSetWithoutKit_NamesClassesByWordNetId()
    {
        File.Delete(_directory["imagenet/ILSVRC2012_devkit_t12.tar.gz"]);
        Open("train").ClassNames.ShouldBe(["n01", "n02", "n03"]);
    }

    [Fact]
    public void Open_ValidationSet_LiesByPositionWithTheKitsLabels() =>
        Samples(new ArchiveDataset(Open("val"), 3)).ShouldBe([(2, "val 1"), (0, "val 2"), (1, "val 3")]);

    [Fact]
    public void Open_TheSameImagesInFoldersAndShards_AreTheSameSamples()
    {
        foreach (var (id, number, content) in new[] { ("n01", 0, "n01 0"), ("n01", 1, "n01 1"), ("n02", 0, "n02 0"), ("n03", 0, "n03 0") })
        {
            Directory.CreateDirectory(_directory[$"folders/{id}"]);
            File.WriteAllBytes(_directory[$"folders/{id}/{id}_{number}.JPEG"], Image(content));
        }

        Directory.CreateDirectory(_directory["shards"]);
        File.WriteAllBytes(_directory["shards/0.tar"], TarFiles.Of(("n03_0.JPEG", Image("n03 0")), ("n03_0.cls", TarFiles.Text("2"))));
        File.WriteAllBytes(_directory["shards/1.tar"], TarFiles.Of(
            ("n01_1.JPEG", Image("n01 1")), ("n01_1.cls", TarFiles.Text("0")), ("n02_0.JPEG", Image("n02 0")), ("n02_0.cls", TarFiles.Text("1")),
            ("n01_0.cls", TarFiles.Text("0")), ("n01_0.JPEG", Image("n01 0"))));

        var expected = Samples(new ArchiveDataset(Open("train"), 3));
        Samples(ImageFolderDataset.Open(_directory["folders"], "", 0, 3, "data.train")).ShouldBe(expected);
        var shards = new ArchiveDataset(WebDatasetSource.Open(_directory["shards"], "", 3, "data.train", Cache()), 3);
        Samples(shards).ShouldBe(expected);
        shards.Digest.ShouldBe(Open("train").Digest);
    }

    [Fact]
    public void Open_OtherNumberOfClasses_IsRefused() =>
        Mistake("train", classes: 1000).ShouldBe(new Problem("data.train.path", $"'{_directory["imagenet/ILSVRC2012_img_train.tar"]}' has 3 classes; model.classes is 1000."));

    [Fact]
    public void Open_MissingArchive_NamesIt()
    {
        File.Delete(_directory["imagenet/ILSVRC2012_img_val.tar"]);
        Mistake("val").ShouldBe(new Problem("data.train.path", $"'{_directory["imagenet"]}' holds no ILSVRC2012_img_val.tar."));
    }

    [Fact]
    public void Open_ValidationSetWithoutKit_SaysWhatIsMissing()
    {
        File.Delete(_directory["imagenet/ILSVRC2012_devkit_t12.tar.gz"]);
        Mistake("val").Message.ShouldContain("holds no ILSVRC2012_devkit_t12.tar.gz");
    }

    [Fact]
    public void Open_DamagedKit_NamesIt()
    {
        File.WriteAllBytes(_directory["imagenet/ILSVRC2012_devkit_t12.tar.gz"], new byte[100]);
        Mistake("val").Message.ShouldContain("Can't read ImageNet's development kit");
    }

    [Fact]
    public void Open_EmptyClass_IsRefused()
    {
        ImageNetFiles.Write(_directory["imagenet"], new Dictionary<string, byte[][]> { ["n01"] = [Image("x")], ["n02"] = [], ["n03"] = [Image("y")] }, []);
        Mistake("train").Message.ShouldBe("The class n02 has no images.");
    }

    [Fact]
    public void Index_IsBuiltOnce_AndAgainWhenAnArchiveChanges()
    {
        Open("train");
        var told = _said.Count;
        Open("train").Count.ShouldBe(4);
        _said.Count.ShouldBe(told, "the second time it is only read");

        File.SetLastWriteTimeUtc(_directory["imagenet/ILSVRC2012_img_train.tar"], new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Open("train").Count.ShouldBe(4);
        _said.ShouldContain(sentence => sentence.Contains("is older than the archives; it is built again", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(-1, "is damaged")]
    [InlineData(20, "is damaged")]
    [InlineData(3, "is no index")]
    public void Index_Damaged_IsBuiltAgainAndSaidSo(int place, string said)
    {
        Open("train");
        var file = Directory.GetFiles(_directory["cache"], "*.index").ShouldHaveSingleItem();
        var bytes = File.ReadAllBytes(file);
        bytes[place < 0 ? bytes.Length + place : place] ^= 1;
        File.WriteAllBytes(file, bytes);
        Samples(new ArchiveDataset(Open("train"), 3)).Count.ShouldBe(4);
        _said.ShouldContain(sentence => sentence.Contains($"{said}; it is built again", StringComparison.Ordinal));
    }

    [Fact]
    public void Index_CutOff_IsBuiltAgain()
    {
        Open("train");
        var file = Directory.GetFiles(_directory["cache"], "*.index").ShouldHaveSingleItem();
        for (var length = 0; length < 200; length += 13)
        {
            File.WriteAllBytes(file, File.ReadAllBytes(file)[..length]);
            Open("train").Count.ShouldBe(4);
        }
    }

    [Fact]
    public void Index_ThatCannotBeKept_IsBuiltAllTheSame()
    {
        File.WriteAllText(_directory["cache"], "a file, so no directory");
        Open("train").Count.ShouldBe(4);
        _said.ShouldContain(sentence => sentence.Contains("Give a writable data.cache", StringComparison.Ordinal));
    }

    private static byte[] Image(string content) => TarFiles.Text(content);

    private static List<(int, string)> Samples(IDataset dataset) =>
        [.. Enumerable.Range(0, (int)dataset.Count).Select(sample => (dataset.Label(sample), Content(dataset, sample)))];

    private static string Content(IDataset dataset, long sample) => System.Text.Encoding.ASCII.GetString(dataset.Read(sample, new ByteBuffer()).Bytes);

    private ArchiveIndexCache Cache() => new(_directory["cache"], _said.Add);

    private ArchiveIndex Open(string split, int classes = 3) => ImageNetSource.Open(_directory["imagenet"], split, classes, "data.train", Cache());

    private Problem Mistake(string split, int classes = 3) => Should.Throw<UserErrorException>(() => Open(split, classes)).Problems.ShouldHaveSingleItem();
}
