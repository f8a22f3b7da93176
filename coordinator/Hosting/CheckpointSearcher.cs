using Inception.Distributed.Checkpoints;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Jobs;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Coordinator.Hosting;

/// <summary>
/// Looks for the newest whole checkpoint beside the run's loop, since it reads and hashes all of it. What it finds is held until a generation
/// stands that may have started from it.
/// </summary>
internal sealed class CheckpointSearcher(CheckpointStore store, CheckpointRetention retention, TimeProvider time, ILogger<CheckpointSearcher> log)
    : IDisposable
{
    // A file system that is out of reach is asked again: that it does not answer does not mean that it holds nothing.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private CheckpointLease? _lease;

    /// <param name="found">Called once, on another thread.</param>
    public void Begin(RunState state, Action<CheckpointFound> found) => _ = Task.Run(async () =>
    {
        await retention.WhenIdleAsync();
        while (true)
        {
            try
            {
                found(Find(state));
                return;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                log.SearchFailed(store.Root, Pause.TotalSeconds, error.Message);
                await Task.Delay(Pause, time);
            }
        }
    });

    /// <summary>What was found has been read, or is not needed.</summary>
    public void Release() => Interlocked.Exchange(ref _lease, null)?.Dispose();

    public void Dispose() => Release();

    private CheckpointFound Find(RunState state)
    {
        if (state.LastCheckpoint is { } last && !Directory.Exists(store.Root))
            throw new IOException($"the directory is not there, and it should hold {last.Directory}");
        var search = store.FindNewestWhole(found => Numbers.IsOfThisLine(state, found.Step, found.PassedOver ?? []));
        Quarantine.SetAside(store, search, log);
        if (search.Newest is not { } checkpoint || checkpoint.State.JobResultHash != JobHash.OfResult(state.Settings.Job)) return new CheckpointFound(0, "");
        Interlocked.Exchange(ref _lease, CheckpointLease.Take(checkpoint.Directory))?.Dispose();
        return new CheckpointFound(checkpoint.State.Step, checkpoint.Directory);
    }
}
