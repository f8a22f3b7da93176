using Inception.Distributed.Checkpoints;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Output;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Coordinator.Hosting;

/// <summary>Removes old checkpoints beside the run's loop, one removal after another.</summary>
internal sealed class CheckpointRetention(
    CheckpointStore store, RunSettings settings, RunDirectory directory, TimeProvider time, ILogger<CheckpointRetention> log)
{
    private readonly RetentionPolicy _policy = RetentionPolicy.Of(settings.Job.Checkpoint);
    private Task _last = Task.CompletedTask;

    /// <summary>By the run's loop only.</summary>
    /// <param name="state">Of the decision.</param>
    public void Prune(PruneCheckpoints prune, RunState state) => _last = _last.ContinueWith(
        _ => PruneNow(prune, state), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <summary>Until everything asked for is done.</summary>
    public Task WhenIdleAsync() => _last;

    // A full or slow disk costs room, not the run; the next removal tries again.
    private void PruneNow(PruneCheckpoints prune, RunState state)
    {
        try
        {
            string[] protect = [prune.Start, state.LastCheckpoint?.Directory ?? ""];
            CheckpointPruner.Prune(store, _policy, EvaluatedSteps.Read(directory.Evaluations), protect, time.GetUtcNow(), prune.Durable);
            if (state.LastCheckpoint is { } last) store.RemoveUnfinished(last.Step, state.CheckpointsInFlight.Keys.ToHashSet());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.PruneFailed(error.Message);
        }
    }
}
