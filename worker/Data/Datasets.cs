using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Data.Archives;

namespace Inception.Distributed.Worker.Data;

/// <summary>Opens the datasets that a job names.</summary>
public static class Datasets
{
    private const int SyntheticClasses = 10;

    /// <param name="tell">Told, as a sentence, what takes long and what is odd.</param>
    /// <exception cref="UserErrorException">The dataset is missing, damaged, or doesn't fit the job.</exception>
    public static IDataset OpenTraining(JobSpec job, Action<string> tell)
    {
        const string Field = "data.train";
        var sources = job.Data.Train;
        if (sources.Count == 1) return Open(job, sources[0], Field, validation: false, tell);

        // Classes are matched by name, so a source may have fewer than the job; a synthetic one makes as many as it is told.
        IDataset[] datasets = [.. sources.Select((source, i) =>
            Open(source, source.Format == DatasetFormat.Synthetic ? job.Model.Classes : null, sources.PathOf(Field, i), validation: false, job.Data.Cache, tell))];
        return MixedDataset.Of(datasets, sources, job.Model.Classes, Field);
    }

    /// <inheritdoc cref="OpenTraining"/>
    /// <returns>Null: the job has no validation set.</returns>
    public static IDataset? OpenValidation(JobSpec job, Action<string> tell) =>
        job.Data.Validation is { } spec ? Open(job, spec, "data.validation", validation: true, tell) : null;

    private static IDataset Open(JobSpec job, DatasetSpec spec, string where, bool validation, Action<string> tell) =>
        Open(spec, job.Model.Classes, where, validation, job.Data.Cache, tell);

    /// <param name="classes">Null: as many as the dataset has.</param>
    /// <param name="where">What messages call the section that asks for the dataset, e.g. <c>data.train</c>.</param>
    /// <param name="cache">The job's data.cache.</param>
    /// <inheritdoc cref="OpenTraining"/>
    public static IDataset Open(DatasetSpec spec, int? classes, string where, bool validation, string cache, Action<string> tell)
    {
        return spec.Format switch
        {
            DatasetFormat.Idx => IdxDataset.Open(spec.Path, spec.Split, spec.Limit, classes, where),
            DatasetFormat.ImageFolder => ImageFolderDataset.Open(spec.Path, spec.Split, spec.Limit, classes, where),
            DatasetFormat.ImageNet => Archived(ImageNetSource.Open(spec.Path, spec.Split, classes, where, Cache())),
            DatasetFormat.WebDataset => Archived(WebDatasetSource.Open(spec.Path, spec.Split, classes, where, Cache())),
            DatasetFormat.Synthetic => new SyntheticDataset(spec.Limit, classes ?? SyntheticClasses, validation),
            _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Format, "No such dataset format."),
        };

        ArchiveIndexCache Cache() => new(cache, tell);

        ArchiveDataset Archived(ArchiveIndex index) => spec.Limit <= index.Count ? new ArchiveDataset(index.First(spec.Limit), classes ?? index.Classes)
            : throw new UserErrorException($"{where}.limit", $"{spec.Limit} samples are asked for, but there are {index.Count} in '{spec.Path}'.");
    }
}
