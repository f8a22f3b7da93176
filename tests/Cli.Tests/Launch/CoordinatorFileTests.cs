using Inception.Distributed.Cli.Launch;

namespace Inception.Distributed.Cli.Tests.Launch;

public sealed class CoordinatorFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("inception-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void TryRead_NoFile_IsNull() => CoordinatorFile.TryRead(_directory).ShouldBeNull();

    [Fact]
    public void TryRead_HalfAFile_IsNull()
    {
        Write("""{"url": "http://127.0""");
        CoordinatorFile.TryRead(_directory).ShouldBeNull();
    }

    [Fact]
    public async Task WaitAsync_FileOfAnEarlierProcess_WaitsForTheOwnOne()
    {
        Write("""{"url": "http://127.0.0.1:1", "pid": 41}""");
        var waiting = CoordinatorFile.WaitAsync(_directory, 42, TestContext.Current.CancellationToken);
        waiting.IsCompleted.ShouldBeFalse();

        Write("""{"url": "http://127.0.0.1:2", "pid": 42}""");
        (await waiting).Url.ShouldBe(new Uri("http://127.0.0.1:2"));
    }

    [Fact]
    public async Task WaitAsync_FileRenamedIntoPlace_IsSeen()
    {
        var waiting = CoordinatorFile.WaitAsync(_directory, 42, TestContext.Current.CancellationToken);
        var aside = Path.Combine(_directory, "aside");
        await File.WriteAllTextAsync(aside, """{"url": "http://127.0.0.1:2", "pid": 42}""", TestContext.Current.CancellationToken);
        File.Move(aside, Path.Combine(_directory, CoordinatorFile.Name));

        (await waiting).ProcessId.ShouldBe(42);
    }

    private void Write(string json) => File.WriteAllText(Path.Combine(_directory, CoordinatorFile.Name), json);
}
