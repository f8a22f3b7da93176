[assembly: AssemblyFixture(typeof(Inception.Distributed.EndToEnd.Tests.Harness.UndisturbedRun))]

namespace Inception.Distributed.EndToEnd.Tests.Harness;

/// <summary><c>jobs/tiny.yaml</c> run to its end with two workers, made once: what every disturbed run must come to.</summary>
public sealed class UndisturbedRun : IAsyncLifetime
{
    private readonly Workspace _workspace = new();

    public Outcome Outcome { get; private set; } = null!;

    public RunFiles Files => _workspace.Run("run");

    public Result Result => Files.ReadResult();

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
