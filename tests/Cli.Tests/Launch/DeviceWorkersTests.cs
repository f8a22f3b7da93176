using System.Collections.Concurrent;
using Inception.Distributed.Cli.Launch;

namespace Inception.Distributed.Cli.Tests.Launch;

public class DeviceWorkersTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(143, 143, 143)]
    [InlineData(0, 0, 143)]
    [InlineData(1, 143, 1, 0)]
    [InlineData(137, 137, 143)]
    [InlineData(2, 1, 2)]
    public void ExitCodeOf_TheGravestDecides(int expected, params int[] exitCodes) => DeviceWorkers.ExitCodeOf(exitCodes).ShouldBe(expected);

    [Fact]
    public async Task RunAsync_PrintsEachLineUnderItsDevice_AndEndsAsTheChildrenDid()
    {
        var lines = new ConcurrentBag<string>();

        var exitCode = await DeviceWorkers.RunAsync(["cpu", "cpu", "cuda:0"], device => ["job", "validate", $"{device}.yaml"], lines.Add);

        exitCode.ShouldBe(ExitCode.UserError);
        lines.ShouldContain(line => line.StartsWith("[cpu#1] error: cpu.yaml: no such file"));
        lines.ShouldContain(line => line.StartsWith("[cpu#2] error: cpu.yaml: no such file"));
        lines.ShouldContain(line => line.StartsWith("[cuda:0] error: cuda:0.yaml: no such file"));
    }
}
