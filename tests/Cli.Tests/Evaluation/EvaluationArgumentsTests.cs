using Inception.Distributed.Cli.Evaluation;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Tests.Evaluation;

public sealed class EvaluationArgumentsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("inception-test-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("idx:/data/fashion", DatasetFormat.Idx, "/data/fashion", "test", 0)]
    [InlineData("idx:/data/fashion:train", DatasetFormat.Idx, "/data/fashion", "train", 0)]
    [InlineData("imagefolder:/data/imagenet", DatasetFormat.ImageFolder, "/data/imagenet", "", 0)]
    [InlineData("imagefolder:/data/imagenet:val", DatasetFormat.ImageFolder, "/data/imagenet", "val", 0)]
    [InlineData("imagefolder:/data:1/imagenet", DatasetFormat.ImageFolder, "/data:1/imagenet", "", 0)]
    [InlineData("synthetic:31", DatasetFormat.Synthetic, "", "", 31)]
    public void Data_IsFormatPathAndSplit(string text, DatasetFormat format, string path, string split, int limit) =>
        DataArgument.Parse(text).ShouldBe(new DatasetSpec { Format = format, Path = path, Split = split, Limit = limit });

    [Theory]
    [InlineData("/data", "'/data' is no set of images")]
    [InlineData("idx:", "'idx:' is no set of images")]
    [InlineData("imagefolders:/x", "did you mean 'imagefolder'?")]
    [InlineData("idx:/x:val", "'val' is no split of an idx dataset; there are train and test")]
    [InlineData("synthetic:many", "synthetic takes a number of images, not 'many'")]
    public void Data_Mistakes(string text, string message) =>
        Should.Throw<UserErrorException>(() => DataArgument.Parse(text)).Message.ShouldContain(message);

    [Fact]
    public void Blacklist_NumbersFromOneBecomePositionsInOrder() =>
        Blacklist.Read(Write("# ILSVRC\n36\n\n 2 \n50000\n")).ShouldBe([1, 35, 49999]);

    [Fact]
    public void Blacklist_EveryMistakeIsNamedWithItsLine()
    {
        var path = Write("1\nn01440764\n0\n1\n");

        Should.Throw<UserErrorException>(() => Blacklist.Read(path)).Problems.ShouldBe(
        [
            new Problem($"{path}:2", "'n01440764' is no image's number; give one a line, counted from 1"),
            new Problem($"{path}:3", "'0' is no image's number; give one a line, counted from 1"),
            new Problem($"{path}:4", "image 1 was named in line 1 already"),
        ]);
    }

    [Fact]
    public void Blacklist_EmptyOrMissing_IsAMistake()
    {
        Should.Throw<UserErrorException>(() => Blacklist.Read(Write("# nothing\n"))).Message.ShouldContain("names no image");
        Should.Throw<UserErrorException>(() => Blacklist.Read("/nowhere/list")).Message.ShouldContain("--blacklist: /nowhere/list can't be read");
    }

    private string Write(string text)
    {
        var path = Path.Combine(_directory.FullName, "blacklist.txt");
        File.WriteAllText(path, text);
        return path;
    }
}
