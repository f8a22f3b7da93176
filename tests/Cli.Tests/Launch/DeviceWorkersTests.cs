using System.Collections.Concurrent;
using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Tests;

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
    public async Task RunAsync_PrintsEachLineUnderItsDevice()
    {
        var lines = new ConcurrentBag<string>();
        var job = Path.Combine(Repository.Root, "jobs", "tiny.yaml");

        var exitCode = await DeviceWorkers.RunAsync(["cpu", "cpu", "cuda:0"], (_, _) => ["job", "validate", job], lines.Add);

        exitCode.ShouldBe(ExitCode.Ok);
        foreach (var label in new[] { "[cpu#1] ", "[cpu#2] ", "[cuda:0] " }) lines.ShouldContain(line => line.StartsWith(label) && line.Contains("tiny.yaml"));
    }

    [Fact]
    public async Task RunAsync_WhenOneFails_EndsAsItDid()
    {
        var lines = new ConcurrentBag<string>();

        var exitCode = await DeviceWorkers.RunAsync(["cpu", "cuda:0"], (device, _) => ["job", "validate", $"{device}.yaml"], lines.Add);

        // The first one to fail makes the others leave, which may then have had no time for a word.
        exitCode.ShouldBe(ExitCode.UserError);
        lines.ShouldContain(line => line.StartsWith("[cpu] error: cpu.yaml: no such file") || line.StartsWith("[cuda:0] error: cuda:0.yaml: no such file"));
    }
}
