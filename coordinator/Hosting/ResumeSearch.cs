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
    /// <returns>
    /// The newest whole checkpoint of the directory; null: the run begins at step 0. Newer ones that are damaged are set aside, and named in
    /// the log.
    /// </returns>
    /// <exception cref="UserErrorException">There is none, or it belongs to a job with another result.</exception>
    public static ResumePoint? Find(RunDirectory directory, JobSpec job, bool mayBegin, ILogger log)
    {
        var store = new CheckpointStore(directory.Checkpoints);
        var search = Search(store, log);
        var damaged = Quarantine.SetAside(store, search, log);
        // One that was set aside, now or at an earlier try, shows that the run had come to one.
        if (search.Newest is null && mayBegin && store.List().Count == 0) return null;
        if (search.Newest is not { } checkpoint)
            throw new UserErrorException(NothingToResume(store, damaged));

        var state = checkpoint.State;
        if (state.JobResultHash != JobHash.OfResult(job))
            throw new UserErrorException(Differences(checkpoint, job));
        log.Resuming(checkpoint.Directory, state.Step);
        return new ResumePoint(state.Step, checkpoint.Directory, state.TrainSamples, state.DatasetDigest, state.PassedOver);
    }

    private static CheckpointSearch Search(CheckpointStore store, ILogger log)
    {
        try
        {
            foreach (var sentence in store.RemoveLeftovers())
                log.Tidied(sentence);
            return store.FindNewestWhole();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException("--resume", $"the checkpoints in {store.Root} can't be read or tidied up: {error.Message}");
        }
    }

    private static List<Problem> NothingToResume(CheckpointStore store, IReadOnlyList<DamagedCheckpoint> damaged) =>
    [
        new Problem("--resume",
            $"{store.Root} holds no whole checkpoint; leave --resume out and choose a new --output to start from step 0"),
        .. damaged.Select(checkpoint => new Problem(checkpoint.Directory, $"is damaged: {string.Join("; ", checkpoint.Problems)}")),
        .. store.List().Where(listing => listing.Status == CheckpointStatus.Quarantined && damaged.All(one => one.Directory != listing.Directory))
            .Select(listing => new Problem(listing.Directory, "is damaged, and was set aside before")),
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
