using Inception.Distributed.Checkpoints;
using Inception.Distributed.Coordinator.Evaluation;
using Inception.Distributed.Evaluation;
using Inception.Distributed.Hosting;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Evaluation;

/// <summary>An evaluation as the user asked for it, checked as far as it can be without the images.</summary>
internal sealed record EvaluationRequest
{
    public required IReadOnlyList<Checkpoint> Checkpoints { get; init; }

    /// <summary>On newer checkpoints that are damaged.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The set to evaluate was named on the command line.</summary>
    public required bool NamesData { get; init; }

    /// <summary>Of each checkpoint.</summary>
    public required IReadOnlyList<JobSpec> Jobs { get; init; }

    /// <summary>The first checkpoint's job with the set to evaluate.</summary>
    public required JobSpec Job { get; init; }

    public required int Crops { get; init; }

    /// <summary><c>ema</c>, <c>raw</c> or empty.</summary>
    public required string Weights { get; init; }

    public required IReadOnlyList<long> LeftOut { get; init; }

    public int Classes => Job.Model.Classes;

    public DatasetSpec Data => Job.Data.Validation!;

    /// <exception cref="UserErrorException">Everything that is wrong with it.</exception>
    public static EvaluationRequest Create(IReadOnlyList<string> checkpoints, string? data, int crops, string? weights, string? blacklist)
    {
        if (!EvaluationPlan.CropCounts.Contains(crops))
            throw new UserErrorException("--crops", FormattableString.Invariant($"there are no {crops} crops; choose {string.Join(", ", EvaluationPlan.CropCounts)}"));
        if (weights is not (null or "ema" or "raw")) throw new UserErrorException("--weights", $"'{weights}' are no weights; there are ema and raw");
        var found = checkpoints.Select(CheckpointChoice.Find).ToList();
        var opened = found.ConvertAll(search => search.Newest!);
        var jobs = opened.Select(checkpoint => JobFile.Parse(checkpoint.State.JobYaml, Path.Combine(checkpoint.Directory, "state.json"))).ToList();
        RequireSameClasses(opened, jobs);
        return new EvaluationRequest
        {
            Checkpoints = opened,
            Warnings = [.. found.SelectMany(CheckpointChoice.Warnings)],
            NamesData = data is not null,
            Jobs = jobs,
            Job = WithData(jobs[0], opened[0], data),
            Crops = crops,
            Weights = weights ?? "",
            LeftOut = blacklist is null ? [] : Blacklist.Read(blacklist),
        };
    }

    /// <summary>Which of a checkpoint's weights are evaluated: <c>ema</c> or <c>raw</c>.</summary>
    public string WeightsOf(Checkpoint checkpoint) => Weights.Length > 0 ? Weights : checkpoint.Has("ema.safetensors") ? "ema" : "raw";

    public EvaluationOptions ToOptions(string listen, SecuritySettings security) => new()
    {
        Job = Job,
        Checkpoints = [.. Checkpoints.Select(checkpoint => new EvaluatedCheckpoint(checkpoint.Directory, checkpoint.ManifestSha256))],
        Crops = Crops,
        Weights = Weights,
        LeftOut = LeftOut,
        Listen = listen,
        Security = security,
    };

    private static void RequireSameClasses(List<Checkpoint> checkpoints, List<JobSpec> jobs)
    {
        var odd = jobs.FindIndex(job => job.Model.Classes != jobs[0].Model.Classes);
        if (odd < 0) return;
        throw new UserErrorException(checkpoints[odd].Directory, FormattableString.Invariant(
            $"has {jobs[odd].Model.Classes} classes, {checkpoints[0].Directory} has {jobs[0].Model.Classes}: their probabilities can't be averaged"));
    }

    private static JobSpec WithData(JobSpec job, Checkpoint checkpoint, string? data)
    {
        if (data is not null) return job with { Data = job.Data with { Validation = DataArgument.Parse(data) } };
        return job.Data.Validation is not null
            ? job
            : throw new UserErrorException("--data", $"is missing: the job of {checkpoint.Directory} has no validation set");
    }
}
