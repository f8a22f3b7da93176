using Inception.Distributed.Cli.Evaluation;
using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Cli.DataTools;

/// <summary>A dataset to look at, and how a job would see it.</summary>
/// <param name="Name">What output calls it: <c>data.train</c>, <c>data.validation</c>, or as it was spelled.</param>
/// <param name="Data">The job's; of a dataset alone, the usual augmentation of photographs.</param>
/// <param name="InputSize">Height and width of the network's input.</param>
/// <param name="IsOfJob">Its data.maxCorrupt and classes are the job's.</param>
internal sealed record DataSource(string Name, IDataset Dataset, DataSpec Data, int InputSize, long Seed, bool IsOfJob)
{
    public const string Description = "A job file (its training and its validation set), or idx:DIR:SPLIT, imagefolder:DIR[:SUBDIR], imagenet:DIR:SPLIT, "
        + "webdataset:DIR[:SUBDIR] or synthetic:COUNT.";

    private const int UsualInputSize = 299;
    private const string Where = "SPEC";

    /// <summary>Null where the source does not name its classes.</summary>
    public string? ClassName(int label) => label < Dataset.ClassNames.Count ? Dataset.ClassNames[label] : null;

    /// <param name="spec">The command line's SPEC.</param>
    /// <param name="overrides">Changes of the job's fields.</param>
    /// <param name="tell">Told, as a sentence, what takes long and what is odd.</param>
    /// <returns>One, or a job's training and its validation set.</returns>
    /// <exception cref="UserErrorException">There is no such job or dataset, or it has mistakes.</exception>
    public static IReadOnlyList<DataSource> Open(string spec, IReadOnlyList<string> overrides, Action<string> tell)
    {
        if (LooksLikeJob(spec)) return OpenJob(JobFile.Load(spec, overrides), tell);
        if (overrides.Count > 0) throw new UserErrorException("--set", $"changes fields of a job, and '{spec}' is no job file");
        var dataset = Parse(spec);
        try
        {
            var opened = Datasets.Open(dataset, classes: null, Where, validation: false, cache: "", tell);
            return [new DataSource(spec, opened, Usual(dataset), UsualInputSize, Seed: 1, IsOfJob: false)];
        }
        catch (UserErrorException mistakes)
        {
            // The job's fields that messages point to are parts of the argument here.
            throw new UserErrorException([.. mistakes.Problems.Select(problem =>
                problem.Where.StartsWith($"{Where}.", StringComparison.Ordinal) ? problem with { Where = spec } : problem)]);
        }
    }

    private static DatasetSpec Parse(string spec)
    {
        try
        {
            return DataArgument.Parse(spec);
        }
        catch (UserErrorException mistakes)
        {
            throw new UserErrorException([.. mistakes.Problems.Select(problem => problem with { Where = Where })]);
        }
    }

    private static List<DataSource> OpenJob(JobSpec job, Action<string> tell)
    {
        var sources = new List<DataSource> { Of("data.train", Datasets.OpenTraining(job, tell)) };
        if (Datasets.OpenValidation(job, tell) is { } validation) sources.Add(Of("data.validation", validation));
        return sources;

        DataSource Of(string name, IDataset dataset) => new(name, dataset, job.Data, job.Model.InputSize, job.Seed, IsOfJob: true);
    }

    private static DataSpec Usual(DatasetSpec dataset) => new() { Train = [new SourceSpec { Format = dataset.Format }], Augment = new AugmentSpec { Crop = CropKind.Resized } };

    private static bool LooksLikeJob(string spec) =>
        File.Exists(spec) || spec.EndsWith(".yaml", StringComparison.Ordinal) || spec.EndsWith(".yml", StringComparison.Ordinal) || !spec.Contains(':', StringComparison.Ordinal);
}
