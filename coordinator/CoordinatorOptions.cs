using Inception.Distributed.Hosting;
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

    /// <summary>
    /// Goes on with the run in <see cref="Output"/>: with its workers, if another process of it has ended in the midst of it, else from the
    /// newest whole checkpoint.
    /// </summary>
    public bool Resume { get; init; }

    public HostSettings Host { get; init; } = new();

    /// <summary>
    /// Stays up after the run's end, and serves its results until it is told to go. With it, the same options do for every process of a run:
    /// an empty <see cref="Output"/> begins it, an interrupted one goes on, a finished one is served and never trained again.
    /// </summary>
    public bool Stay { get; init; }

    /// <summary>The workers of an earlier process are known to be gone: <see cref="Resume"/> waits for none, and goes on from a checkpoint.</summary>
    public bool NewWorkers { get; init; }
}
