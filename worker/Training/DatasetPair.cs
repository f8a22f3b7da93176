using Inception.Distributed.Jobs;
using Inception.Distributed.Reduction;
using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Worker.Training;

/// <summary>The job's training and validation sets.</summary>
internal sealed record DatasetPair(IDataset Train, IDataset? Validation)
{
    /// <exception cref="UserErrorException">A dataset is missing, damaged, or doesn't fit the job.</exception>
    public static DatasetPair Open(JobSpec job) => new(Datasets.OpenTraining(job), Datasets.OpenValidation(job));

    /// <summary>Starts preparing a rank's micro-batches, from the step given on.</summary>
    public Prefetcher OpenTraining(JobPlan plan, MicroBatchRange range, long step) =>
        new(Builder(plan.Spec, Train), new SampleOrder(plan.Spec.Seed, Train.Count), plan.Spec.Batch, range, step, plan.TotalSteps);

    public static BatchBuilder Builder(JobSpec job, IDataset dataset) =>
        new(dataset, job.Model.InputSize, job.Data.Augment, job.Data.Normalize, job.Seed);
}
