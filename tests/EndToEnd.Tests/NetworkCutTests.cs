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
    public async Task Two_hosts_that_do_not_reach_each_other_go_on_once_they_do()
    {
        Start(2);
        await _cluster.UntilStepAsync(5);
        _network.CutOneWay(from: 1, to: 2);
        await _cluster.UntilAsync(status => status.Generation >= 3, "they have tried again");
        _network.MendOneWay(from: 1, to: 2);
        await FinishAsync(workers: 2);
    }

    private void Start(int workers)
    {
        _cluster.StartCoordinator(workers);
        for (var host = 1; host <= workers; host++) _cluster.StartWorker(_network.Namespace(host));
    }

    private async Task FinishAsync(int workers)
    {
        await _cluster.FinishAsync();
        _undisturbed.ShouldBeReachedBy(_workspace.Run("run"));
        _workspace.Run("run").ReadResult().Workers.ShouldBe(workers);
    }
}
