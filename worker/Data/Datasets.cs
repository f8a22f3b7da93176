using Inception.Distributed.Jobs;

namespace Inception.Distributed.Worker.Data;

/// <summary>Opens the datasets that a job names.</summary>
public static class Datasets
{
    /// <exception cref="UserErrorException">The dataset is missing, damaged, or doesn't fit the job.</exception>
    public static IDataset OpenTraining(JobSpec job) => Open(job.Data.Train, job.Model.Classes, "data.train", validation: false);

    /// <returns>Null: the job has no validation set.</returns>
    /// <exception cref="UserErrorException">The dataset is missing, damaged, or doesn't fit the job.</exception>
    public static IDataset? OpenValidation(JobSpec job) =>
        job.Data.Validation is { } spec ? Open(spec, job.Model.Classes, "data.validation", validation: true) : null;

    private static IDataset Open(DatasetSpec spec, int classes, string where, bool validation) => spec.Format switch
    {
        DatasetFormat.Idx => IdxDataset.Open(spec.Path, spec.Split, spec.Limit, classes, where),
        DatasetFormat.ImageFolder => ImageFolderDataset.Open(spec.Path, spec.Split, spec.Limit, classes, where),
        DatasetFormat.Synthetic => new SyntheticDataset(spec.Limit, classes, validation),
        _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Format, "No such dataset format."),
    };
}
