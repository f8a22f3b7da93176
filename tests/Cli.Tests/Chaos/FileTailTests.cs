using System.Collections.Concurrent;
using Inception.Distributed.Cli.Chaos;

namespace Inception.Distributed.Cli.Tests.Chaos;

public sealed class FileTailTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("inception-test-").FullName;

    private string PathOfFile => Path.Combine(_directory, "log");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Read_TakesWholeLinesOnce()
    {
        var lines = new ConcurrentQueue<string>();
        File.WriteAllText(PathOfFile, "one\ntwo\nthr");
        using var tail = new FileTail(PathOfFile, lines.Enqueue);
        lines.ShouldBe(["one", "two"]);
        File.AppendAllText(PathOfFile, "ee\n");
        tail.Read();
        lines.ShouldBe(["one", "two", "three"]);
    }

    [Fact]
    public void Read_AFileThatWasCutShort_GoesOnBehindTheCut()
    {
        var lines = new ConcurrentQueue<string>();
        File.WriteAllText(PathOfFile, "one\ntwo\nthree\n");
        using var tail = new FileTail(PathOfFile, lines.Enqueue);
        using (var file = File.OpenWrite(PathOfFile)) file.SetLength(4);
        tail.Read();
        File.AppendAllText(PathOfFile, "four\n");
        tail.Read();
        lines.ShouldBe(["one", "two", "three", "four"]);
    }

    [Fact]
    public async Task Append_IsToldOfByItself()
    {
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var tail = new FileTail(PathOfFile, line => told.TrySetResult(line));
        await File.WriteAllTextAsync(PathOfFile, "one\n", TestContext.Current.CancellationToken);
        (await told.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).ShouldBe("one");
    }
}
