using Inception.Distributed.Jobs;

namespace Inception.Distributed.Checkpoints;

/// <summary>The checkpoint whose weights a job starts from (<see cref="ModelSpec.Weights"/>), by the hash of the file with them.</summary>
/// <param name="Checkpoint">Whole.</param>
/// <param name="FileName">Of the weights as they are evaluated: the running average where the checkpoint has one.</param>
/// <param name="Job">That the checkpoint belongs to.</param>
public sealed record InitialWeights(Checkpoint Checkpoint, string FileName, JobSpec Job)
{
    private const string Field = "model.weights";

    public string Path => Checkpoint.PathOf(FileName);

    public string Sha256 => Checkpoint.Manifest.Files.Single(file => file.Name == FileName).Sha256;

    /// <exception cref="UserErrorException">The checkpoint is not there, not whole, not the one asked for, or of another network.</exception>
    public static InitialWeights Open(ModelSpec model)
    {
        var checkpoint = CheckpointPath.Open(model.Weights, Field);
        var name = checkpoint.Has(CheckpointFiles.Ema) ? CheckpointFiles.Ema : CheckpointFiles.Weights;
        var job = JobFile.Parse(checkpoint.State.JobYaml, System.IO.Path.Combine(checkpoint.Directory, CheckpointNames.State));
        var weights = new InitialWeights(checkpoint, name, job);
        if (model.WeightsSha256.Length > 0 && model.WeightsSha256 != weights.Sha256)
        {
            throw new UserErrorException("model.weightsSha256",
                $"is {model.WeightsSha256}, but {weights.Path} has {weights.Sha256}: these are other weights");
        }

        return (job.Model.Name, job.Model.Width) == (model.Name, model.Width) ? weights : throw new UserErrorException(Field,
            $"{checkpoint.Directory} holds weights of {Text(job.Model)}, and the job trains {Text(model)}");
    }

    /// <summary>The job with the hash of its weights filled in: what identifies the run, and what every worker checks its copy against.</summary>
    public JobSpec PinIn(JobSpec job) => job with { Model = job.Model with { WeightsSha256 = Sha256 } };

    /// <summary>What the user should know of a run of <paramref name="job"/> that starts from here; a sentence each.</summary>
    public IEnumerable<string> Notes(JobSpec job)
    {
        var average = FileName == CheckpointFiles.Ema ? ", the running average" : "";
        yield return $"Starts from the weights in {Checkpoint.Directory}{average} (sha256 {Sha256}).";
        if (Job.Model.Classes != job.Model.Classes)
            yield return $"They tell {Job.Model.Classes} classes apart, and the job has {job.Model.Classes}: all heads start from random weights.";
        if (job.Model.Auxiliary.Enabled && !Job.Model.Auxiliary.Enabled)
            yield return "They have no auxiliary head: it starts from random weights.";
        if ((Checkpoint.State.Preprocessing ?? Preprocessing.Of(Job)) is var theirs && !theirs.NormalizesLike(Preprocessing.Of(job)))
        {
            yield return FormattableString.Invariant($"They expect images normalised by mean {theirs.Mean[0]} and deviation {theirs.Deviation[0]}; data.normalize has ")
                + FormattableString.Invariant($"mean {job.Data.Normalize.Mean} and deviation {job.Data.Normalize.Deviation}.");
        }
    }

    private static string Text(ModelSpec model) => FormattableString.Invariant($"{model.Name} of width {model.Width}");
}
