using Inception.Distributed.Checkpoints;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Jobs;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Coordinator.Hosting;

/// <summary>Looks for the newest whole checkpoint beside the run's loop, since it reads and hashes all of it.</summary>
internal sealed class CheckpointSearcher(CheckpointStore store, CheckpointRetention retention, TimeProvider time, ILogger<CheckpointSearcher> log)
{
    // A file system that is out of reach is asked again: that it does not answer does not mean that it holds nothing.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <param name="found">Called once, on another thread.</param>
    public void Begin(RunState state, Action<CheckpointFound> found) => _ = Task.Run(async () =>
    {
        await retention.WhenIdleAsync();
        while (true)
        {
            try
            {
                found(Find(state.Settings.Job));
                return;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                log.SearchFailed(store.Root, Pause.TotalSeconds, error.Message);
                await Task.Delay(Pause, time);
            }
        }
    });

    private CheckpointFound Find(JobSpec job)
    {
        var search = store.FindNewestWhole();
        foreach (var damaged in search.Damaged)
            log.DamagedCheckpoint(damaged.Directory, string.Join("; ", damaged.Problems));
        return search.Newest is { } checkpoint && checkpoint.State.JobResultHash == JobHash.OfResult(job)
            ? new CheckpointFound(checkpoint.State.Step, checkpoint.Directory)
            : new CheckpointFound(0, "");
    }
}
