using Inception.Distributed.Jobs;
using Inception.Distributed.Reduction;
using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Data;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker.Training;

/// <summary>The job's training and validation sets.</summary>
internal sealed record DatasetPair(IDataset Train, IDataset? Validation, ILogger Log)
{
    private readonly CorruptSamples _corrupt = new(Train, Log);

    /// <exception cref="UserErrorException">A dataset is missing, damaged, or doesn't fit the job.</exception>
    public static DatasetPair Open(JobSpec job, ILogger log) => new(Datasets.OpenTraining(job), Datasets.OpenValidation(job), log);

    /// <summary>Starts preparing a rank's micro-batches, from the step given on.</summary>
    public Prefetcher OpenTraining(JobPlan plan, MicroBatchRange range, long step) =>
        new(() => Builder(plan.Spec, Train, _corrupt), plan.Spec.Data.Threads, new SampleOrder(plan.Spec.Seed, Train.Count), plan.Spec.Batch, range, step, plan.TotalSteps);

    /// <param name="corrupt">Told of the samples that can't be decoded.</param>
    public static BatchBuilder Builder(JobSpec job, IDataset dataset, CorruptSamples corrupt) =>
        new(dataset, job.Model.InputSize, job.Data, job.Seed, corrupt);
}
