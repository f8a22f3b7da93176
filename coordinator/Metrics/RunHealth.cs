using Inception.Distributed.Coordinator.Loop;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Operations;
using Inception.Distributed.Hosting;

namespace Inception.Distributed.Coordinator.Metrics;

/// <summary>A coordinator is alive as long as its loop takes events: it decides, and its journal can be written. It is ready while it listens.</summary>
internal sealed class RunHealth(TimeProvider time) : IHealth
{
    // A commit to a slow disk takes a second at most.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private sealed record Run(IRunEvents Events, RunStatusBuilder Status);

    private volatile Run? _run;

    /// <summary>The coordinator listens.</summary>
    public void Open(IRunEvents events, RunStatusBuilder status) => _run = new Run(events, status);

    /// <summary>It listens no more.</summary>
    public void Close() => _run = null;

    public async ValueTask<HealthReport> CheckAsync(CancellationToken cancellationToken)
    {
        if (_run is not { } run) return HealthReport.Starting("the run is read from its directory, or left to the next coordinator");
        var taken = new TaskCompletionSource<RunState>(TaskCreationOptions.RunContinuationsAsynchronously);
        run.Events.Observe(state => taken.TrySetResult(state));
        try
        {
            await taken.Task.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new HealthReport("stuck", IsAlive: false, IsReady: false, $"no event has been decided for {HealthReport.Seconds(Patience)}");
        }
        var status = run.Status.Build();
        return new HealthReport(status.State, IsAlive: true, IsReady: true, status.WaitingFor.Length > 0 ? $"waiting for {status.WaitingFor}" : $"step {status.Step} of {status.TotalSteps}");
    }
}
