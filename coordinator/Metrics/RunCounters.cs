using Inception.Distributed.Coordinator.Machine;

namespace Inception.Distributed.Coordinator.Metrics;

/// <summary>Counts what the run's decisions mean to those who watch over it, since the start of this process. Written by the run's loop, read by any thread.</summary>
internal sealed class RunCounters
{
    private RunCounts _counts = new();

    public RunCounts Read() => Volatile.Read(ref _counts);

    public void Count(RunState before, Decision decision)
    {
        var (after, counts) = (decision.State, _counts);
        // A worker that goes in order says so before; at the end of the run all are let go.
        if (after.Phase is not Ended)
        {
            counts = counts with
            {
                LostWorkers = counts.LostWorkers + before.Workers.Count(worker => worker.Leaving is null && after.Find(worker.WorkerId) is null),
            };
        }
        if (after.CheckpointFailure is { } failure && failure != before.CheckpointFailure)
            counts = counts with { FailedCheckpoints = counts.FailedCheckpoints + 1 };
        foreach (var effect in decision.Effects)
        {
            counts = effect switch
            {
                RecordGeneration => counts with { Generations = counts.Generations + 1 },
                RecordEvaluation => counts with { Evaluations = counts.Evaluations + 1 },
                RecordCheckpoint { Checkpoint: var checkpoint } => counts with
                {
                    Checkpoints = counts.Checkpoints + 1,
                    CheckpointBytes = counts.CheckpointBytes + checkpoint.Bytes,
                    CheckpointSeconds = counts.CheckpointSeconds + checkpoint.Seconds,
                },
                _ => counts,
            };
        }
        Volatile.Write(ref _counts, counts);
    }
}

/// <param name="LostWorkers">That ended or fell silent without having been drained.</param>
/// <param name="Checkpoints">That were committed.</param>
internal sealed record RunCounts(
    long Generations = 0, long LostWorkers = 0, long Evaluations = 0, long Checkpoints = 0, long CheckpointBytes = 0, double CheckpointSeconds = 0,
    long FailedCheckpoints = 0);
