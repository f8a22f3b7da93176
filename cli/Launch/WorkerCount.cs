using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Launch;

internal static class WorkerCount
{
    /// <summary>The workers to start: as asked, else as many as cores and job allow.</summary>
    /// <exception cref="UserErrorException">More than the job has work for.</exception>
    public static int Choose(JobSpec job, int? asked, int cores)
    {
        var most = job.Workers.Max > 0 ? Math.Min(job.Workers.Max, job.Batch.MicroBatches) : job.Batch.MicroBatches;
        if (asked is not { } workers) return Math.Clamp(cores / job.Workers.Threads, 1, most);
        if (workers < 1) throw new UserErrorException("--workers", $"{workers} is not a number of workers; at least 1");
        if (workers <= most) return workers;
        throw new UserErrorException("--workers", workers > job.Batch.MicroBatches
            ? $"{workers} workers, but a step has only {job.Batch.MicroBatches} micro-batches (batch.microBatches), at least one for each worker; "
                + $"use at most {most} workers, or raise batch.microBatches, which changes the result"
            : $"{workers} workers, but the job allows at most {most} (workers.max)");
    }
}
