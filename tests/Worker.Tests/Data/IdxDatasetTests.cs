using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

public sealed class IdxDatasetTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Open_PlainFiles_GivesImagesAndLabels()
    {
        IdxFiles.WriteFive(_directory);
        var dataset = Open();
        dataset.Count.ShouldBe(5);
        Enumerable.Range(0, 5).Select(i => dataset.Label(i)).ShouldBe([0, 1, 2, 1, 0]);
        var image = dataset.Read(3, new ByteBuffer());
        (image.Height, image.Width, image.Channels).ShouldBe((3, 4, 1));
        image.Bytes.ToArray().ShouldBe(IdxFiles.Images(5, 3, 4)[(16 + 3 * 12)..(16 + 4 * 12)]);
    }

    [Fact]
    public void Open_CompressedFiles_IsTheSameDataset()
    {
        IdxFiles.WriteFive(_directory);
        var plain = Open();
        foreach (var name in new[] { IdxFiles.TrainImages, IdxFiles.TrainLabels })
        {
            File.WriteAllBytes(_directory[$"{name}.gz"], IdxFiles.Compress(File.ReadAllBytes(_directory[name])));
            File.Delete(_directory[name]);
        }

        Open().Digest.ShouldBe(plain.Digest);
    }

    [Fact]
    public void Open_Limit_UsesTheFirstSamplesOnly()
    {
        IdxFiles.WriteFive(_directory);
        var limited = Open(limit: 2);
        limited.Count.ShouldBe(2);
        limited.Digest.ShouldNotBe(Open().Digest);
        limited.Read(1, new ByteBuffer()).Bytes.ToArray().ShouldBe(Open().Read(1, new ByteBuffer()).Bytes.ToArray());
    }

    [Fact]
    public void Digest_OneOtherByteInUse_Differs()
    {
        IdxFiles.WriteFive(_directory);
        var before = Open().Digest;
        var images = IdxFiles.Images(5, 3, 4);
        images[^1] ^= 1;
        File.WriteAllBytes(_directory[IdxFiles.TrainImages], images);
        Open().Digest.ShouldNotBe(before);
    }

    [Fact]
    public void Open_NoSuchDirectory_NamesItAndThePackage()
    {
        var problem = Mistake(() => IdxDataset.Open("/no/such/fashion-mnist", "train", 0, 10, "data.train"));
        problem.Where.ShouldBe("data.train.path");
        problem.Message.ShouldContain("/no/such/fashion-mnist");
        problem.Message.ShouldContain("apt-get install dataset-fashion-mnist");
    }

    [Fact]
    public void Open_BothFilesMissing_NamesBothAndWhatIsThere()
    {
        File.WriteAllText(_directory["readme.txt"], "");
        var problems = Should.Throw<UserErrorException>(() => Open()).Problems;
        problems.Count.ShouldBe(2);
        problems[0].Message.ShouldContain("has no train-images-idx3-ubyte or train-images-idx3-ubyte.gz; it holds readme.txt");
        problems[1].Message.ShouldContain("train-labels-idx1-ubyte");
    }

    [Fact]
    public void Open_UnknownSplit_NamesTheSplits() =>
        Mistake(() => IdxDataset.Open(_directory.Path, "val", 0, 10, "data.validation")).ShouldBe(
            new Problem("data.validation.split", "'val' is no split of an idx dataset; there are train and test."));

    [Theory]
    [InlineData(10)]
    [InlineData(3)]
    [InlineData(0)]
    public void Open_PlainFileCutOff_SaysSo(int length) => CutOff(IdxFiles.TrainImages, IdxFiles.Images(5, 3, 4)[..length]);

    [Fact]
    public void Open_CompressedFileCutOffAnywhere_SaysSo()
    {
        var compressed = IdxFiles.Compress(IdxFiles.Images(5, 3, 4));
        const int Trailer = 12; // end mark, checksum and length: without them all the data is still there
        for (var length = 0; length < compressed.Length - Trailer; length++)
        {
            CutOff($"{IdxFiles.TrainImages}.gz", compressed[..length]);
        }
    }

    [Fact]
    public void Open_CompressedFileWithABitFlipped_IsRefused()
    {
        var compressed = IdxFiles.Compress(IdxFiles.Images(5, 3, 4));
        compressed[compressed.Length / 2] ^= 4;
        File.WriteAllBytes(_directory[$"{IdxFiles.TrainImages}.gz"], compressed);
        File.WriteAllBytes(_directory[IdxFiles.TrainLabels], IdxFiles.Labels(0, 1, 2, 1, 0));
        Mistake(() => Open()).Where.ShouldBe(_directory[$"{IdxFiles.TrainImages}.gz"]);
    }

    [Fact]
    public void Open_LabelsInPlaceOfImages_ShowsTheMagicNumbers()
    {
        IdxFiles.WriteFive(_directory);
        File.Copy(_directory[IdxFiles.TrainLabels], _directory[IdxFiles.TrainImages], overwrite: true);
        Mistake(() => Open()).ShouldBe(new Problem(
            _directory[IdxFiles.TrainImages], "No idx file of unsigned bytes in 3 dimensions: it starts with 0x00000801, not 0x00000803."));
    }

    [Fact]
    public void Open_MoreBytesThanAnnounced_IsRefused()
    {
        IdxFiles.WriteFive(_directory);
        File.WriteAllBytes(_directory[IdxFiles.TrainLabels], [.. IdxFiles.Labels(0, 1, 2, 1, 0), 7]);
        Mistake(() => Open()).Message.ShouldContain("longer than the 5 items");
    }

    [Fact]
    public void Open_AnnouncedSizesThatCannotBe_AreRefused()
    {
        IdxFiles.WriteFive(_directory);
        File.WriteAllBytes(_directory[IdxFiles.TrainImages], IdxFiles.Header(0x0803, 5, -3, 4));
        Mistake(() => Open()).Message.ShouldContain("dimension 1 the length -3");
        File.WriteAllBytes(_directory[IdxFiles.TrainImages], IdxFiles.Header(0x0803, int.MaxValue, 1000, 1000));
        Mistake(() => Open()).Message.ShouldContain("fit into one array");
    }

    [Fact]
    public void Open_OtherNumberOfLabels_NamesBothFiles()
    {
        IdxFiles.WriteFive(_directory);
        File.WriteAllBytes(_directory[IdxFiles.TrainLabels], IdxFiles.Labels(0, 1));
        var problem = Mistake(() => Open());
        problem.Where.ShouldBe(_directory[IdxFiles.TrainLabels]);
        problem.Message.ShouldBe($"2 labels, but 5 images in {_directory[IdxFiles.TrainImages]}.");
    }

    [Fact]
    public void Open_LabelBeyondTheClasses_NamesTheSample()
    {
        IdxFiles.WriteFive(_directory);
        Mistake(() => Open(classes: 2)).Message.ShouldBe("Sample 2 has label 2; model.classes is 2, so labels go from 0 to 1.");
    }

    [Fact]
    public void Open_LimitBeyondTheDataset_SaysHowManyThereAre()
    {
        IdxFiles.WriteFive(_directory);
        Mistake(() => Open(limit: 6)).ShouldBe(new Problem(
            "data.train.limit", $"6 samples are asked for, but there are 5 in {_directory[IdxFiles.TrainImages]}."));
    }

    private IdxDataset Open(int limit = 0, int classes = 3) => IdxDataset.Open(_directory.Path, "train", limit, classes, "data.train");

    private static Problem Mistake(Action action) => Should.Throw<UserErrorException>(action).Problems.ShouldHaveSingleItem();

    private void CutOff(string imagesName, byte[] content)
    {
        File.WriteAllBytes(_directory[imagesName], content);
        File.WriteAllBytes(_directory[IdxFiles.TrainLabels], IdxFiles.Labels(0, 1, 2, 1, 0));
        var problem = Mistake(() => Open());
        problem.Where.ShouldBe(_directory[imagesName]);
        problem.Message.ShouldContain("cut off");
    }
}
