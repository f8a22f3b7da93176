[assembly: AssemblyFixture(typeof(Inception.Distributed.EndToEnd.Tests.Harness.UndisturbedRun))]

namespace Inception.Distributed.EndToEnd.Tests.Harness;

/// <summary><c>jobs/tiny.yaml</c> run to its end with two workers, made once: what every disturbed run must come to.</summary>
public sealed class UndisturbedRun : IAsyncLifetime
{
    private readonly Workspace _workspace = new();

    public Outcome Outcome { get; private set; } = null!;

    public RunFiles Files => _workspace.Run("run");

    public Result Result => Files.ReadResult();

    /// <summary>The disturbed run has come to the same bits and the same log.</summary>
    public void ShouldBeReachedBy(RunFiles run)
    {
        var (result, expected) = (run.ReadResult(), Result);
        result.WeightsSha256.ShouldBe(expected.WeightsSha256);
        result.StateSha256.ShouldBe(expected.StateSha256);
        result.Top1.ShouldBe(expected.Top1);
        result.Top5.ShouldBe(expected.Top5);
        run.ReadTimelessLog().ShouldBe(Files.ReadTimelessLog());
    }

    public async ValueTask InitializeAsync()
    {
        Outcome = await _workspace.RunAsync("train", Workspace.TinyJob, "--workers", "2", "--output", "run");
        if (Outcome.ExitCode != 0) throw new InvalidOperationException($"The undisturbed run failed: {Outcome}");
    }

    public ValueTask DisposeAsync()
    {
        _workspace.Dispose();
        return ValueTask.CompletedTask;
    }
}
