using Inception.Distributed.Jobs;

namespace Inception.Distributed.Coordinator;

public sealed record CoordinatorOptions
{
    public required JobSpec Job { get; init; }

    /// <summary>Directory of the run's files; made when it does not exist.</summary>
    public required string Output { get; init; }

    /// <summary>Address and port to listen on, e.g. <c>127.0.0.1:5000</c>, <c>[::]:5000</c> or <c>localhost:5000</c>; port 0: any free one.</summary>
    public string Listen { get; init; } = "127.0.0.1:0";

    /// <summary>Training starts once this many workers are ready; null: <c>workers.min</c> of the job.</summary>
    public int? ExpectedWorkers { get; init; }

    /// <summary>Goes on from the newest whole checkpoint in <see cref="Output"/>.</summary>
    public bool Resume { get; init; }
}
