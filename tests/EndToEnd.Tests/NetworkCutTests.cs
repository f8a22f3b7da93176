using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>Workers on hosts of their own, some of whose packets are dropped; each run ends with the bits of the undisturbed one.</summary>
[Trait("Category", "Long")]
public sealed class NetworkCutTests : IDisposable
{
    private readonly UndisturbedRun _undisturbed;
    private readonly Workspace _workspace = new();
    private readonly NetworkOfHosts _network = new(hosts: 3);
    private readonly Cluster _cluster;

    public NetworkCutTests(UndisturbedRun undisturbed)
    {
        _undisturbed = undisturbed;
        _cluster = new Cluster(_workspace, "workers.timeout=2") { Host = _network.Address(0) };
    }

    public void Dispose()
    {
        _cluster.Dispose();
        _network.Dispose();
        _workspace.Dispose();
    }

    [Fact]
    public async Task A_host_that_is_cut_off_is_left_behind()
    {
        Start(3);
        await _cluster.UntilStepAsync(5);
        _network.Cut(2);
        await FinishAsync(workers: 2);
    }

    [Fact]
    public async Task A_host_that_hears_and_is_not_heard_is_left_behind()
    {
        Start(3);
        await _cluster.UntilStepAsync(5);
        _network.CutOneWay(from: 2, to: 0);
        await FinishAsync(workers: 2);
    }

    [Fact]
    public async Task Of_two_hosts_that_do_not_reach_each_other_one_goes_on_without_the_other()
    {
        Start(2);
        await _cluster.UntilStepAsync(5);
        _network.CutOneWay(from: 1, to: 2);
        var status = await _cluster.UntilAsync(
            now => now.State == "training" && now.Workers.Any(worker => worker.State == "left out"), "one is left out, and the other trains");
        status.Workers.Count.ShouldBe(2);
        _network.MendOneWay(from: 1, to: 2);
        await _cluster.FinishAsync();
        _undisturbed.ShouldBeReachedBy(_workspace.Run("run"));
    }

    [Fact]
    public async Task Of_three_hosts_two_of_which_do_not_reach_each_other_two_go_on()
    {
        Start(3);
        await _cluster.UntilStepAsync(5);
        _network.CutOneWay(from: 1, to: 2);
        await FinishAsync(workers: 2);
    }

    private void Start(int workers)
    {
        _cluster.StartCoordinator(workers);
        for (var host = 1; host <= workers; host++) _cluster.StartWorker(_network.Namespace(host));
    }

    private async Task FinishAsync(int workers)
    {
        var said = await _cluster.FinishAsync();
        _undisturbed.ShouldBeReachedBy(_workspace.Run("run"));
        _workspace.Run("run").ReadResult().Workers.ShouldBe(workers, said);
    }
}
