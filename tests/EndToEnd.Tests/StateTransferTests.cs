using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>
/// Somebody dies while a joiner takes the state over. On one machine that takes milliseconds, so the workers are on hosts of their own, which
/// send no more than a few megabits a second from then on.
/// </summary>
[Trait("Category", "Long")]
public sealed class StateTransferTests : IDisposable
{
    private const int Kill = 9;

    private readonly UndisturbedRun _undisturbed;
    private readonly Workspace _workspace = new();
    private readonly NetworkOfHosts _network = new(hosts: 3);
    private readonly Cluster _cluster;

    public StateTransferTests(UndisturbedRun undisturbed)
    {
        _undisturbed = undisturbed;
        _cluster = new Cluster(_workspace, "workers.timeout=5") { Host = _network.Address(0) };
    }

    public void Dispose()
    {
        _cluster.Dispose();
        _network.Dispose();
        _workspace.Dispose();
    }

    [Fact]
    public async Task The_joiner_is_killed()
    {
        var (_, joiner) = await StartTransferAsync();
        joiner.Signal(Kill);
        await FinishAsync(workers: 2);
    }

    [Fact]
    public async Task The_source_is_killed_and_the_joiner_gets_the_state_from_another()
    {
        var (source, _) = await StartTransferAsync();
        source.Signal(Kill);
        await FinishAsync(workers: 2);
    }

    [Fact]
    public async Task The_source_and_the_joiner_are_killed_at_once()
    {
        var (source, joiner) = await StartTransferAsync();
        source.Signal(Kill);
        joiner.Signal(Kill);
        await FinishAsync(workers: 1);
    }

    // Two members, and a third one that is being handed their state.
    private async Task<(InceptionProcess Source, InceptionProcess Joiner)> StartTransferAsync()
    {
        _cluster.StartCoordinator(workers: 2);
        for (var host = 1; host <= 2; host++) _cluster.StartWorker(_network.Namespace(host));
        await _cluster.UntilStepAsync(3);
        var joiner = _cluster.StartWorker(_network.Namespace(3));
        await _cluster.UntilAsync(status => status.Workers.Count == 3, "the joiner is there");
        for (var host = 1; host <= 2; host++) _network.SlowDown(host, megabitsPerSecond: 8);
        var status = await _cluster.UntilAsync(
            status => status.Workers.Any(worker => worker.Activity.StartsWith("handing the state", StringComparison.Ordinal)), "the state is being handed over");
        var source = status.Workers.First(worker => worker.Activity.StartsWith("handing the state", StringComparison.Ordinal)).Rank;
        return (_cluster.AtRank(status, source), joiner);
    }

    private async Task FinishAsync(int workers)
    {
        for (var host = 1; host <= 2; host++) _network.SpeedUp(host);
        var said = await _cluster.FinishAsync();
        _undisturbed.ShouldBeReachedBy(_workspace.Run("run"));
        _workspace.Run("run").ReadResult().Workers.ShouldBe(workers, said);
    }
}
