using System.Text.Json;
using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>The command <c>chaos</c>, and the soak that runs by it.</summary>
public sealed class ChaosTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    // The undisturbed run takes some seconds of the two minutes. What this finds depends on when the faults fall: it has found a step whose line in the log
    // was lost with all who knew it, while the coordinator was away. It belongs to the quick tests again once that is mended.
    [Fact]
    [Trait("Category", "Long")]
    public async Task Two_minutes_of_random_faults_end_in_a_clean_verdict()
    {
        var outcome = await _workspace.RunAsync("chaos", Workspace.TinyJob, "--seed", "3", "--duration", "75s", "--workers", "3", "--output", "out", "--json",
            "--set", "schedule.epochs=30", "--set", "workers.timeout=3", "--set", "workers.heartbeat=0.5");

        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        using var report = JsonDocument.Parse(outcome.Output);
        report.RootElement.GetProperty("clean").GetBoolean().ShouldBeTrue();
        report.RootElement.GetProperty("faults").EnumerateObject().Sum(kind => kind.Value.GetInt32()).ShouldBeGreaterThan(15, outcome.ToString());
    }

    [Fact]
    public async Task Another_hash_than_the_runs_is_no_clean_verdict()
    {
        _workspace.Write("faults.yaml", "faults:\n- {step: 3, join: 1}\n");
        var outcome = await _workspace.RunAsync("chaos", Workspace.TinyJob, "--schedule", "faults.yaml", "--workers", "1", "--output", "out", "--expect", new string('0', 64));

        outcome.ExitCode.ShouldBe(1, outcome.ToString());
        outcome.Output.ShouldContain("verdict: NOT clean");
        outcome.Output.ShouldContain("The weights differ");
    }

    [Theory]
    [InlineData("give either --schedule FILE or --seed N")]
    [InlineData("faults.yaml: no such file", "--schedule", "faults.yaml")]
    [InlineData("is not a time such as 90s, 30m or 2h", "--seed", "1", "--duration", "soon")]
    [InlineData("no fault fits into 0.01 s", "--seed", "1", "--duration", "0.01")]
    [InlineData("a schedule says itself when it is over", "--schedule", "faults.yaml", "--duration", "3m")]
    [InlineData("is not a SHA-256", "--seed", "1", "--expect", "abc")]
    [InlineData("every worker would give up", "--seed", "1", "--duration", "30m", "--set", "workers.orphanTimeout=1")]
    public async Task What_is_wrong_is_said_before_anything_runs(string message, params string[] arguments)
    {
        var outcome = await _workspace.RunAsync(["chaos", Workspace.TinyJob, .. arguments]);

        outcome.ExitCode.ShouldBe(2, outcome.ToString());
        outcome.Errors.ShouldContain(message);
        Directory.EnumerateFileSystemEntries(_workspace.Directory).ShouldBeEmpty();
    }
}
