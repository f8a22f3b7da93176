using Inception.Distributed.Checkpoints;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Coordinator.Hosting;

/// <summary>Removes old checkpoints beside the run's loop, one removal after another.</summary>
internal sealed class CheckpointRetention(CheckpointStore store, ILogger<CheckpointRetention> log)
{
    private Task _last = Task.CompletedTask;

    /// <summary>By the run's loop only.</summary>
    /// <param name="keep">How many of the newest whole ones stay.</param>
    public void Prune(int keep) => _last = _last.ContinueWith(
        _ => PruneNow(keep), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <summary>Until everything asked for is done.</summary>
    public Task WhenIdleAsync() => _last;

    // A full or slow disk costs room, not the run; the next removal tries again.
    private void PruneNow(int keep)
    {
        try
        {
            store.Prune(keep, protect: []);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.PruneFailed(error.Message);
        }
    }
}
