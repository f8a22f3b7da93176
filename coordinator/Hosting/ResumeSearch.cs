using Inception.Distributed.Checkpoints;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Output;
using Inception.Distributed.Jobs;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Coordinator.Hosting;

/// <summary>Where a run goes on from.</summary>
internal static class ResumeSearch
{
    /// <param name="mayBegin">A run that has come to no checkpoint begins anew.</param>
    /// <returns>The newest whole checkpoint of the directory; null: the run begins at step 0. Newer ones that are damaged are named in the log.</returns>
    /// <exception cref="UserErrorException">There is none, or it belongs to a job with another result.</exception>
    public static ResumePoint? Find(RunDirectory directory, JobSpec job, bool mayBegin, ILogger log)
    {
        var store = new CheckpointStore(directory.Checkpoints);
        foreach (var sentence in store.RemoveLeftovers())
            log.Tidied(sentence);
        var search = store.FindNewestWhole();
        foreach (var damaged in search.Damaged)
            log.DamagedCheckpoint(damaged.Directory, string.Join("; ", damaged.Problems));
        if (search.Newest is null && mayBegin && search.Damaged.Count == 0) return null;
        if (search.Newest is not { } checkpoint)
            throw new UserErrorException(NothingToResume(directory, search.Damaged));

        var state = checkpoint.State;
        if (state.JobResultHash != JobHash.OfResult(job))
            throw new UserErrorException(Differences(checkpoint, job));
        log.Resuming(checkpoint.Directory, state.Step);
        return new ResumePoint(state.Step, checkpoint.Directory, state.TrainSamples, state.DatasetDigest);
    }

    private static List<Problem> NothingToResume(RunDirectory directory, IReadOnlyList<DamagedCheckpoint> damaged) =>
    [
        new Problem("--resume",
            $"{directory.Checkpoints} holds no whole checkpoint; leave --resume out and choose a new --output to start from step 0"),
        .. damaged.Select(checkpoint => new Problem(checkpoint.Directory, $"is damaged: {string.Join("; ", checkpoint.Problems)}")),
    ];

    private static List<Problem> Differences(Checkpoint checkpoint, JobSpec job)
    {
        var origin = Path.Combine(checkpoint.Directory, "state.json");
        var differences = JobHash.Differences(JobFile.Parse(checkpoint.State.JobYaml, origin), job);
        return
        [
            new Problem("--resume",
                $"{checkpoint.Directory} belongs to another job; set the fields below back, or choose a new --output to start from step 0"),
            .. differences.Select(difference => new Problem(difference.Field, $"is {difference.Right} now, {difference.Left} in the checkpoint")),
        ];
    }
}
