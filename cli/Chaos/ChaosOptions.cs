using Inception.Distributed.Faults;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>A job and the faults that it is to bear, checked.</summary>
internal sealed record ChaosOptions
{
    public required string JobFile { get; init; }

    /// <summary><see cref="JobFile"/> with <see cref="Overrides"/>.</summary>
    public required JobSpec Job { get; init; }

    /// <summary><c>field=value</c> each.</summary>
    public required IReadOnlyList<string> Overrides { get; init; }

    /// <summary>At the start of each run of the job.</summary>
    public required int Workers { get; init; }

    public required FaultSchedule Schedule { get; init; }

    /// <summary>Of the weights, as the undisturbed run would have it; null: find out.</summary>
    public required string? ExpectedSha256 { get; init; }

    /// <summary>Whole path.</summary>
    public required string Output { get; init; }

    /// <summary>What the trainer's own limits say of a worker that is silent, in seconds.</summary>
    public double LossAfter => Job.Workers.Timeout;
}
