using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>A worker that gets the processor only now and then keeps the others waiting.</summary>
public sealed class StragglerTests : IDisposable
{
    private const int Continue = 18, Stop = 19, Terminated = 143;

    private readonly UndisturbedRun _undisturbed;
    private readonly Workspace _workspace = new();
    private readonly Cluster _cluster;

    public StragglerTests(UndisturbedRun undisturbed)
    {
        _undisturbed = undisturbed;
        _cluster = new Cluster(_workspace, "workers.timeout=3", "workers.stragglers={policy: drain, window: 5, factor: 1.7}");
    }

    public void Dispose()
    {
        _cluster.Dispose();
        _workspace.Dispose();
    }

    [Fact]
    public async Task A_straggler_is_found_and_drained_and_the_other_one_finishes_with_the_same_bits()
    {
        _cluster.StartCoordinator(workers: 2);
        _cluster.StartWorkers(2);
        var status = await _cluster.UntilStepAsync(1);
        var (slow, id) = (_cluster.AtRank(status, 1), status.Workers.Single(worker => worker.Rank == 1).WorkerId);
        using var relief = new CancellationTokenSource();
        var slowing = SlowDownAsync(slow, relief.Token);
        status = await _cluster.UntilAsync(now => now.Workers.All(worker => worker.WorkerId != id), "the straggler has left");
        await relief.CancelAsync();
        await slowing;
        status.Events.ShouldContain(sentence => sentence.Contains($"Worker {id}", StringComparison.Ordinal)
            && sentence.Contains("keeps the others waiting: computation takes it", StringComparison.Ordinal));
        await _cluster.FinishAsync();

        _undisturbed.ShouldBeReachedBy(_workspace.Run("run"));
        (await slow.WaitAsync()).ExitCode.ShouldBe(Terminated);
    }

    // It runs for a quarter of the time.
    private static async Task SlowDownAsync(InceptionProcess process, CancellationToken relief)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var tick = 0; !relief.IsCancellationRequested && process.IsRunning; tick++)
        {
            process.Signal(tick % 4 == 0 ? Continue : Stop);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        if (process.IsRunning) process.Signal(Continue);
    }
}
