using System.Text.Json.Nodes;
using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary><c>checkpoint ls</c>, <c>pin</c> and <c>prune</c> on what a run has left.</summary>
public sealed class CheckpointCommandsTests(UndisturbedRun undisturbed) : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task What_is_there_is_shown_what_is_pinned_stays_and_the_rest_goes()
    {
        CopyRun();
        var listed = JsonNode.Parse(await OutputOf("ls", "run", "--verify", "--json"))!.AsArray();
        listed.Select(one => one!["step"]!.GetValue<long>()).ShouldBe([10, 20, 30]);
        listed.ShouldAllBe(one => one!["hashes"]!.GetValue<string>() == "match");
        listed[2]!["top1"]!.GetValue<double>().ShouldBe(undisturbed.Result.Top1!.Value);
        listed[2]!["best"]!.GetValue<bool>().ShouldBeTrue();

        (await OutputOf("pin", "run", "--step", "10")).ShouldContain("step-00000010 is pinned");
        var table = await OutputOf("ls", "run");
        table.ShouldContain("whole, pinned");
        table.ShouldContain("whole, best");
        var said = await OutputOf("prune", "run", "--keep", "1", "--dry-run");
        said.ShouldContain("step-00000010  stays: it is pinned");
        said.ShouldContain("step-00000020  would be removed");
        said.ShouldContain("step-00000030  stays: it is the newest");
        Steps().ShouldBe([10, 20, 30]);

        (await OutputOf("prune", "run", "--keep", "1")).ShouldContain("step-00000020  removed");
        Steps().ShouldBe([10, 30]);
        (await OutputOf("unpin", "run/checkpoints/step-00000010")).ShouldContain("is pinned no more");
        var json = JsonNode.Parse(await OutputOf("prune", "run", "--keep", "1", "--json"))!;
        json["checkpoints"]![0]!["removed"]!.GetValue<bool>().ShouldBeTrue();
        Steps().ShouldBe([30]);
    }

    [Fact]
    public async Task Mistakes_end_with_exit_code_2_and_say_what_there_is()
    {
        CopyRun();
        await ShouldFail("--step: run has no whole checkpoint of step 11; there are 10, 20, 30", "pin", "run", "--step", "11");
        await ShouldFail("--step: is missing: which checkpoint of run? There are steps 10, 20, 30", "pin", "run");
        await ShouldFail("--keep: 0 is given; the newest checkpoint always stays: give 1 or more", "prune", "run", "--keep", "0");
        await ShouldFail("nowhere: no such directory", "prune", "nowhere");
        Steps().ShouldBe([10, 20, 30]);
    }

    private async Task<string> OutputOf(params string[] arguments)
    {
        var outcome = await _workspace.RunAsync(["checkpoint", .. arguments]);
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        return outcome.Output;
    }

    private async Task ShouldFail(string message, params string[] arguments)
    {
        var outcome = await _workspace.RunAsync(["checkpoint", .. arguments]);
        outcome.ExitCode.ShouldBe(2, outcome.ToString());
        outcome.ToString().ShouldContain(message);
        outcome.ToString().ShouldNotContain("   at ");
    }

    private long[] Steps() => [.. Directory.GetDirectories(_workspace.PathOf("run/checkpoints")).Select(path => long.Parse(Path.GetFileName(path)[5..])).Order()];

    private void CopyRun()
    {
        foreach (var file in Directory.EnumerateFiles(undisturbed.Files.Directory, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_workspace.PathOf("run"), Path.GetRelativePath(undisturbed.Files.Directory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
