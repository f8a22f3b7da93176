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
        Enumerable.Range(0, 3).Select(i => dataset.Read(i, new ByteBuffer()).Bytes.Length).ShouldBe([JpegFiles.Colour.Length, JpegFiles.Grey.Length, JpegFiles.Colour.Length]);
    }

    [Fact]
    public void Read_GivesTheFile_WhateverTheBufferHeld()
    {
        var (dataset, buffer) = (Open(), new ByteBuffer());
        dataset.Read(0, buffer).Bytes.ToArray().ShouldBe(JpegFiles.Colour);
        var image = dataset.Read(1, buffer);
        image.IsFile.ShouldBeTrue();
        image.Bytes.ToArray().ShouldBe(JpegFiles.Grey);
        dataset.Name(1).ShouldBe(_directory["train/n02/a.jpg"]);
    }

    [Fact]
    public void Read_FileThatHasGone_NamesIt()
    {
        var dataset = Open();
        File.Delete(_directory["train/n02/a.jpg"]);
        var problem = Should.Throw<UserErrorException>(() => { dataset.Read(1, new ByteBuffer()); }).Problems.ShouldHaveSingleItem();
        problem.Where.ShouldBe(_directory["train/n02/a.jpg"]);
        problem.Message.ShouldStartWith("Can't read the file: ");
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
    public void Open_FileThatIsNoImageByName_IsRefused()
    {
        Write("train/n02/z.txt", []);
        Mistake().Message.ShouldContain($"1 of 4 files in '{_directory["train"]}' are named none of .jpg, .jpeg, .png, .webp, the first being '{_directory["train/n02/z.txt"]}'");
    }

    [Fact]
    public void Open_NoSuchSplit_NamesIt() => Mistake(split: "val").ShouldBe(new Problem("data.train.split", $"There is no directory '{_directory["val"]}'."));

    [Fact]
    public void Open_LimitBeyondTheDataset_SaysHowManyThereAre() => Mistake(limit: 4).Message.ShouldContain("there are 3");

    private ImageFolderDataset Open(string split = "train", int limit = 0, int classes = 2) =>
        ImageFolderDataset.Open(_directory.Path, split, limit, classes, "data.train");

    private Problem Mistake(string split = "train", int limit = 0, int classes = 2) =>
        Should.Throw<UserErrorException>(() => Open(split, limit, classes)).Problems.ShouldHaveSingleItem();

    private void Write(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory[name])!);
        File.WriteAllBytes(_directory[name], content);
    }

    [Fact]
    public void Open_AllocatesLittleASample_AndItsDigestIsOfPathsAndSizes()
    {
        using var directory = new TemporaryDirectory();
        var digest = new System.Text.StringBuilder();
        foreach (var folder in new[] { "a", "b" })
        {
            Directory.CreateDirectory(directory[$"train/{folder}"]);
            for (var number = 0; number < 1000; number++)
            {
                File.WriteAllBytes(directory[$"train/{folder}/{number:0000}.jpg"], new byte[number % 13]);
                digest.Append(System.Globalization.CultureInfo.InvariantCulture, $"{folder}/{number:0000}.jpg\0{number % 13}\n");
            }
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var dataset = ImageFolderDataset.Open(directory.Path, "train", 0, 2, "data.train");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        (allocated / 2000).ShouldBeLessThan(400);
        dataset.Digest.ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(digest.ToString()))));
    }
}
