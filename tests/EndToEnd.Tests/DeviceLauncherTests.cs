using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>One process for a host's devices, as it runs in a pod.</summary>
public sealed class DeviceLauncherTests(UndisturbedRun undisturbed) : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Sigterm_drains_every_device_and_another_host_ends_the_run_with_the_same_weights()
    {
        using var cluster = new Cluster(_workspace);
        cluster.StartCoordinator(workers: 2);
        var first = cluster.StartHost("cpu,cpu");
        await cluster.UntilStepAsync(8);
        var second = cluster.StartHost("cpu,cpu,cpu");
        await cluster.UntilAsync(status => status.Workers.Count == 5, "five workers are connected");
        first.Signal(15);

        (await first.WaitAsync()).ExitCode.ShouldBe(143);
        await cluster.FinishAsync();
        var outcome = await second.WaitAsync();
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        outcome.Output.ShouldContain("[cpu#3] ");
        undisturbed.ShouldBeReachedBy(_workspace.Run("run"));
    }

    [Fact]
    public async Task A_worker_that_is_killed_takes_its_host_along_and_nobody_else()
    {
        using var cluster = new Cluster(_workspace);
        cluster.StartCoordinator(workers: 3);
        var host = cluster.StartHost("cpu,cpu");
        cluster.StartWorker();
        await cluster.UntilStepAsync(8);
        Processes.Kill(host.Children()[0]);

        var outcome = await host.WaitAsync();
        outcome.ExitCode.ShouldBe(137, outcome.ToString());
        outcome.Output.ShouldContain("ended with exit code 137; the others leave the run, so that all can be started again.");
        await cluster.FinishAsync();
        undisturbed.ShouldBeReachedBy(_workspace.Run("run"));
    }

    [Fact]
    public async Task Each_worker_is_probed_at_a_port_of_its_own()
    {
        using var cluster = new Cluster(_workspace);
        cluster.StartCoordinator(workers: 3);
        var port = 20_000 + Environment.ProcessId % 10_000; // Two in a row, which the system would not promise.
        string[] urls = [$"http://127.0.0.1:{port}/readyz", $"http://127.0.0.1:{port + 1}/readyz"];
        (await _workspace.RunAsync(["probe", .. urls])).ExitCode.ShouldBe(1, "nobody listens yet");
        var host = cluster.StartHost("cpu,cpu", "--health-listen", $"127.0.0.1:{port}");
        await cluster.UntilAsync(status => status.Workers.Count(worker => worker.State == "ready") == 2, "both wait for the third");

        var both = await _workspace.RunAsync(["probe", .. urls]);
        both.ExitCode.ShouldBe(0, both.ToString());
        both.Output.Split('\n').Count(line => line.Contains("200 waiting")).ShouldBe(2, both.Output);
        host.Signal(15);
        (await host.WaitAsync()).ExitCode.ShouldBe(143);
    }

    [Fact]
    public async Task Nothing_outlives_a_launcher_that_is_killed()
    {
        using var cluster = new Cluster(_workspace);
        cluster.StartCoordinator(workers: 3);
        var host = cluster.StartHost("cpu,cpu");
        await cluster.UntilAsync(status => status.Workers.Count == 2, "both have joined");
        var children = host.Children();
        host.Signal(9);

        await Processes.WaitUntilGoneAsync(children);
    }
}
