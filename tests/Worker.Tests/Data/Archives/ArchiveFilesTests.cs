using Inception.Distributed.Worker.Data.Archives;

namespace Inception.Distributed.Tests.Data.Archives;

public sealed class ArchiveFilesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Read_ManyFilesFromManyThreads_GivesTheRightBytes_WithFewOpen()
    {
        var paths = Enumerable.Range(0, 20).Select(number => _directory[$"{number}"]).ToArray();
        for (var file = 0; file < paths.Length; file++) File.WriteAllBytes(paths[file], [.. Enumerable.Repeat((byte)file, 100)]);
        var files = new ArchiveFiles(paths, openAtMost: 3);
        Parallel.For(0, 4, thread =>
        {
            var bytes = new byte[10];
            for (var i = 0; i < 2000; i++)
            {
                var file = (i * 7 + thread) % paths.Length;
                files.Read(file, i % 90, bytes);
                bytes.ShouldAllBe(value => value == file);
            }
        });
    }

    [Fact]
    public void Read_FileThatShrank_SaysSo()
    {
        File.WriteAllBytes(_directory["a"], new byte[10]);
        var problem = Should.Throw<UserErrorException>(() => new ArchiveFiles([_directory["a"]]).Read(0, 5, new byte[10])).Problems.ShouldHaveSingleItem();
        problem.ShouldBe(new Problem(_directory["a"], "The file ends before byte 15: it has changed since its index was built."));
    }

    [Fact]
    public void Read_InTheSteadyState_AllocatesNothing()
    {
        File.WriteAllBytes(_directory["a"], new byte[1000]);
        var files = new ArchiveFiles([_directory["a"]]);
        var bytes = new byte[100];
        files.Read(0, 0, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) files.Read(0, i, bytes);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
