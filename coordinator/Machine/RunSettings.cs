using Inception.Distributed.Jobs;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>What does not change while the process runs.</summary>
internal sealed record RunSettings
{
    public required string RunId { get; init; }

    public required JobSpec Job { get; init; }

    /// <summary>The job as resolved, for the workers.</summary>
    public required string JobYaml { get; init; }

    /// <summary>The first generation is formed when this many workers are ready.</summary>
    public required int ExpectedWorkers { get; init; }

    /// <summary>Directory that holds the checkpoints.</summary>
    public required string CheckpointRoot { get; init; }

    /// <summary>Null: a new run.</summary>
    public ResumePoint? Resume { get; init; }

    /// <summary>The newest generation of earlier runs in this directory, so that numbers go on rising; 0: none.</summary>
    public long PreviousGeneration { get; init; }

    /// <summary>Most members of a generation.</summary>
    public int MaxWorkers => MaxWorkersOf(Job);

    public long FirstStep => Resume?.Step ?? 0;

    public static int MaxWorkersOf(JobSpec job) =>
        job.Workers.Max == 0 ? job.Batch.MicroBatches : Math.Min(job.Workers.Max, job.Batch.MicroBatches);
}

/// <summary>The checkpoint that a run goes on from.</summary>
/// <param name="Step">Steps applied before it was taken.</param>
/// <param name="DatasetDigest">Of the training set.</param>
/// <param name="PassedOver">Samples that rollbacks before it passed over; null: none.</param>
internal sealed record ResumePoint(
    long Step, string Directory, long TrainSamples, string DatasetDigest, IReadOnlyList<Sampling.PassedOver>? PassedOver = null);

/// <param name="Epoch">Counts the coordinator's processes of a run, from 1.</param>
internal sealed record RunEpoch(long Epoch);
