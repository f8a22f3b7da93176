using Inception.Distributed.Worker.Data;
using Inception.Distributed.Worker.Data.Archives;

namespace Inception.Distributed.Tests.Data.Archives;

public sealed class WebDatasetSourceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _said = [];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Open_NumbersSamplesByClassAndName_WhateverTheShard()
    {
        Write("data/000000.tar", Sample("b", 1), Sample("c", 0));
        Write("data/000001.tar", Sample("a", 1), [("x.json", TarFiles.Text("{}"))]);
        var dataset = new ArchiveDataset(Open(_directory["data"]), 2);
        Enumerable.Range(0, 3).Select(sample => (dataset.Label(sample), Content(dataset, sample))).ShouldBe([(0, "image c"), (1, "image a"), (1, "image b")]);
        dataset.Name(1).ShouldBe($"{_directory["data/000001.tar"]}: a.jpg");
        dataset.ClassNames.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("data/{000000..000002}.tar")]
    [InlineData("data/00000?.tar")]
    [InlineData("data/{000000,000001}.tar")]
    [InlineData("data/*.tar")]
    public void Open_Patterns_NameTheShards(string pattern)
    {
        for (var shard = 0; shard < 3; shard++) Write($"data/00000{shard}.tar", Sample($"k{shard}", shard % 2));
        Open(_directory[pattern]).Count.ShouldBe(pattern.Contains(',') ? 2 : 3);
    }

    [Fact]
    public void Open_ClassesFile_NamesTheClasses()
    {
        Write("data/0.tar", Sample("a", 0), Sample("b", 1));
        File.WriteAllLines(_directory["data/classes.txt"], ["cat", "dog"]);
        Open(_directory["data"]).ClassNames.ShouldBe(["cat", "dog"]);
        File.WriteAllLines(_directory["data/classes.txt"], ["cat"]);
        Mistake(_directory["data"]).ShouldBe("It names 1 classes; model.classes is 2.");
    }

    [Fact]
    public void Open_SampleWithoutClass_NamesIt() => MistakeOf([("a.jpg", TarFiles.Text("x"))]).ShouldBe("The sample 'a' has no class: 'a.cls' is missing.");

    [Fact]
    public void Open_SampleWithoutImage_NamesIt() => MistakeOf([("a.cls", TarFiles.Text("0"))]).ShouldContain("The sample 'a' has a class but no image");

    [Fact]
    public void Open_ClassThatIsNoNumber_NamesIt() => MistakeOf([("a.jpg", TarFiles.Text("x")), ("a.cls", TarFiles.Text("cat"))]).ShouldBe("'a.cls' holds no class number.");

    [Fact]
    public void Open_ClassBeyondTheJobs_NamesIt() => MistakeOf(Sample("a", 2)).ShouldContain("'a.jpg' is of class 2; with model.classes 2 they go from 0 to 1");

    [Fact]
    public void Open_KeyTwiceInOneShard_IsRefused() => MistakeOf([.. Sample("a", 0), .. Sample("a", 0)]).ShouldBe("The sample 'a' has two images, or its key stands there twice.");

    [Fact]
    public void Open_TwoImagesOfOneKey_AreRefused() =>
        MistakeOf([("a.jpg", TarFiles.Text("x")), ("a.png", TarFiles.Text("x")), ("a.cls", TarFiles.Text("0"))]).ShouldContain("has two images");

    [Fact]
    public void Open_KeyTwiceInTwoShards_IsRefused()
    {
        Write("data/0.tar", Sample("a", 0));
        Write("data/1.tar", Sample("a", 1));
        Mistake(_directory["data"]).ShouldContain("The key 'a' stands in the shards twice");
    }

    [Fact]
    public void Open_EmptyClass_IsSaid()
    {
        Write("data/0.tar", Sample("a", 1));
        Open(_directory["data"]);
        _said.ShouldContain(sentence => sentence.StartsWith("No sample of ", StringComparison.Ordinal) && sentence.EndsWith(" is of class 0.", StringComparison.Ordinal));
    }

    [Fact]
    public void Open_MissingShardOfABrace_NamesIt()
    {
        Write("data/0.tar", Sample("a", 1));
        Mistake(_directory["data/{0..1}.tar"]).ShouldBe($"There is no file '{_directory["data/1.tar"]}'.");
    }

    [Fact]
    public void Open_NoShards_SaysSo() => Mistake(_directory["nothing/*.tar"]).ShouldContain("There are no shards");

    private static (string, byte[])[] Sample(string key, int label) => [($"{key}.jpg", TarFiles.Text($"image {key}")), ($"{key}.cls", TarFiles.Text($"{label}\n"))];

    private static string Content(ArchiveDataset dataset, long sample) => System.Text.Encoding.ASCII.GetString(dataset.Read(sample, new ByteBuffer()).Bytes);

    private ArchiveIndex Open(string path) => WebDatasetSource.Open(path, "", 2, "data.train", new ArchiveIndexCache(_directory["cache"], _said.Add));

    private string Mistake(string path) => Should.Throw<UserErrorException>(() => Open(path)).Problems.ShouldHaveSingleItem().Message;

    private string MistakeOf((string, byte[])[] members)
    {
        Write("data/0.tar", members);
        return Mistake(_directory["data"]);
    }

    private void Write(string path, params (string, byte[])[][] samples)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory[path])!);
        File.WriteAllBytes(_directory[path], TarFiles.Of([.. samples.SelectMany(sample => sample)]));
    }
}
