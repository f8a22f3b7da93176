using Inception.Distributed.Cli.Chaos;

namespace Inception.Distributed.Cli.Tests.Chaos;

public sealed class WatchedProcessTests
{
    private const long Megabyte = 1_000_000;

    [Fact]
    public void Growth_OfOneThatIsStillWarmingUp_IsNotTold() =>
        Watch(100, second => new ProcessSample(second, second * 10 * Megabyte, 10, 10)).Growth().ShouldBeNull();

    [Fact]
    public void Growth_OfOneThatKeepsItsSize_IsNone() =>
        Watch(300, second => new ProcessSample(second, 300 * Megabyte + second % 7 * Megabyte, 100 + second % 3, 20)).Growth().ShouldBeNull();

    [Fact]
    public void Growth_OnceWarm_IsToldWithFigures() =>
        Watch(300, second => new ProcessSample(second, 300 * Megabyte + second * Megabyte / 2, 100, 20)).Growth().ShouldBe("worker 1's memory grew from 350 to 430 MB in 299 s");

    [Fact]
    public void Growth_OfOpenFiles_IsTold() =>
        Watch(300, second => new ProcessSample(second, 300 * Megabyte, second, 20)).Growth().ShouldBe("worker 1's open files grew from 100 to 260 in 299 s");

    private static WatchedProcess Watch(int seconds, Func<int, ProcessSample> sample) => new("worker 1", 1, [.. Enumerable.Range(0, seconds).Select(sample)]);
}
