using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Data;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker.Training;

/// <summary>The job's training and validation sets.</summary>
internal sealed record DatasetPair(IDataset Train, IDataset? Validation, ILogger Log)
{
    private readonly CorruptSamples _corrupt = new(Train, Log);

    /// <exception cref="UserErrorException">A dataset is missing, damaged, or doesn't fit the job.</exception>
    public static DatasetPair Open(JobSpec job, ILogger log) => new(Datasets.OpenTraining(job, log.Data), Datasets.OpenValidation(job, log.Data), log);

    /// <summary>Starts preparing a rank's micro-batches of the steps from <paramref name="firstStep"/> up to <paramref name="endStep"/>.</summary>
    public Prefetcher OpenTraining(
        JobPlan plan, IReadOnlyList<int> microBatches, long firstStep, long endStep, IReadOnlyList<PassedOver> passed) =>
        new(() => Builder(plan.Spec, Train, _corrupt), plan.Spec.Data.Threads, plan.CreateOrder(), plan.Spec.Batch,
            microBatches, firstStep, endStep, passed);

    /// <param name="corrupt">Told of the samples that can't be decoded.</param>
    public static BatchBuilder Builder(JobSpec job, IDataset dataset, CorruptSamples corrupt) =>
        new(dataset, job.Model.InputSize, job.Data, job.Seed, corrupt);
}
