using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Data.Archives;

namespace Inception.Distributed.Worker.Data;

/// <summary>Opens the datasets that a job names.</summary>
public static class Datasets
{
    /// <param name="tell">Told, as a sentence, what takes long and what is odd.</param>
    /// <exception cref="UserErrorException">The dataset is missing, damaged, or doesn't fit the job.</exception>
    public static IDataset OpenTraining(JobSpec job, Action<string> tell) => Open(job, job.Data.Train, "data.train", validation: false, tell);

    /// <inheritdoc cref="OpenTraining"/>
    /// <returns>Null: the job has no validation set.</returns>
    public static IDataset? OpenValidation(JobSpec job, Action<string> tell) =>
        job.Data.Validation is { } spec ? Open(job, spec, "data.validation", validation: true, tell) : null;

    private static IDataset Open(JobSpec job, DatasetSpec spec, string where, bool validation, Action<string> tell)
    {
        var classes = job.Model.Classes;
        return spec.Format switch
        {
            DatasetFormat.Idx => IdxDataset.Open(spec.Path, spec.Split, spec.Limit, classes, where),
            DatasetFormat.ImageFolder => ImageFolderDataset.Open(spec.Path, spec.Split, spec.Limit, classes, where),
            DatasetFormat.ImageNet => Archived(ImageNetSource.Open(spec.Path, spec.Split, classes, where, Cache())),
            DatasetFormat.WebDataset => Archived(WebDatasetSource.Open(spec.Path, spec.Split, classes, where, Cache())),
            DatasetFormat.Synthetic => new SyntheticDataset(spec.Limit, classes, validation),
            _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Format, "No such dataset format."),
        };

        ArchiveIndexCache Cache() => new(job.Data.Cache, tell);

        ArchiveDataset Archived(ArchiveIndex index) => spec.Limit <= index.Count ? new ArchiveDataset(index.First(spec.Limit), classes)
            : throw new UserErrorException($"{where}.limit", $"{spec.Limit} samples are asked for, but there are {index.Count} in '{spec.Path}'.");
    }
}
