using Inception.Distributed.Hosting;

namespace Inception.Distributed.Worker;

/// <summary>How a worker process is started.</summary>
public sealed record WorkerOptions
{
    /// <summary>The coordinator's URL, e.g. <c>https://10.0.0.5:7400</c>.</summary>
    public required Uri Coordinator { get; init; }

    /// <summary><c>cpu</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Local address for the gradients' connections; null: the one from which the coordinator is reached.</summary>
    public string? Address { get; init; }

    /// <summary>How long to look for a coordinator that does not answer before giving up.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Cancelled to make the worker leave: it asks its coordinator to be drained, and ends once that has happened.</summary>
    public CancellationToken Leave { get; init; }

    public HostSettings Host { get; init; } = new();

    /// <summary>
    /// A training thread at work whose activity does not change for this long is stuck. It may wait for a rank that computes as long as one that hangs is
    /// waited for, 6 × workers.timeout.
    /// </summary>
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long leaving may take before the worker just ends. Kubernetes kills 30 s after it has asked.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(25);
}
