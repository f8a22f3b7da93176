using System.Runtime.Versioning;

namespace Inception.Distributed.Deployment.Tests.Containers;

/// <summary>The chart's pods as containers: whatever happens to them, the run comes to the bits of one process on one host.</summary>
[Trait("Category", "Long"), SupportedOSPlatform("linux")]
public sealed class ContainerTests(DockerEngine engine, ReferenceRun reference) : IClassFixture<DockerEngine>, IClassFixture<ReferenceRun>
{
    [Fact]
    public async Task Three_workers_train_as_nobody_on_a_read_only_root_and_a_late_one_hears_of_the_end()
    {
        await using var release = await Release.InstallAsync(engine, waitForWorkers: 3);
        var workers = await release.StartWorkersAsync(3);
        await release.UntilStepAsync(1);
        foreach (var (container, program) in new[] { (release.Coordinator, "Inception.Distributed.Coordinator"), (workers[0], "inception") })
        {
            var probe = await container.ExecAsync($"/app/{program}", "probe");
            probe.ExitCode.ShouldBe(0, $"the image's HEALTHCHECK: {probe}");
        }

        foreach (var worker in workers) (await worker.GetExitCodeAsync()).ShouldBe(0, await worker.GetLogsAsync());
        await release.ShouldFinishLikeAsync(reference);
        var late = await release.StartWorkerAsync(3);
        (await late.GetExitCodeAsync()).ShouldBe(0, await late.GetLogsAsync());

        foreach (var container in new[] { release.Coordinator, late })
        {
            (await container.InspectAsync("{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}")).ShouldBe("10001:10001 true [ALL]");
        }
        (await release.Coordinator.ExecAsync("/bin/sh", "-c", "true")).ExitCode.ShouldNotBe(0, "there is no shell");
        (await release.Coordinator.IsRunningAsync()).ShouldBeTrue("it serves what came of the run");
        await release.Coordinator.StopAsync();
        (await release.Coordinator.GetExitCodeAsync()).ShouldBe(0, await release.Coordinator.GetLogsAsync());
    }

    [Fact]
    public async Task A_worker_that_is_killed_is_replaced()
    {
        await using var release = await Release.InstallAsync(engine, waitForWorkers: 3);
        var workers = await release.StartWorkersAsync(3);
        await release.UntilStepAsync(6);
        await workers[1].KillAsync();
        (await workers[1].GetExitCodeAsync()).ShouldBe(137);
        await release.StartWorkerAsync(1);

        await release.ShouldFinishLikeAsync(reference);
    }

    [Fact]
    public async Task A_worker_that_is_told_to_go_leaves_with_143()
    {
        await using var release = await Release.InstallAsync(engine, waitForWorkers: 3);
        var workers = await release.StartWorkersAsync(3);
        await release.UntilStepAsync(6);
        await workers[2].StopAsync();

        (await workers[2].GetExitCodeAsync()).ShouldBe(143, await workers[2].GetLogsAsync());
        await release.ShouldFinishLikeAsync(reference);
    }

    [Fact]
    public async Task A_worker_that_is_frozen_is_done_without()
    {
        await using var release = await Release.InstallAsync(engine, waitForWorkers: 3);
        var workers = await release.StartWorkersAsync(3);
        await release.UntilStepAsync(6);
        await workers[0].PauseAsync();
        await release.UntilGoneAsync(workers[0]);
        await workers[0].UnpauseAsync();

        await release.ShouldFinishLikeAsync(reference);
    }

    [Fact]
    public async Task A_worker_that_is_cut_off_is_done_without_and_comes_back()
    {
        await using var release = await Release.InstallAsync(engine, waitForWorkers: 3);
        var workers = await release.StartWorkersAsync(3);
        await release.UntilStepAsync(6);
        var address = await workers[0].InspectAsync("{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}");
        await release.Network.DisconnectAsync(workers[0]);
        await release.UntilGoneAsync(workers[0]);
        await release.Network.ConnectAsync(workers[0], address);

        await release.ShouldFinishLikeAsync(reference);
    }

    [Fact]
    public async Task A_coordinator_that_moves_finds_its_run_and_its_workers()
    {
        await using var release = await Release.InstallAsync(engine, waitForWorkers: 3);
        await release.StartWorkersAsync(3);
        await release.UntilStepAsync(6);
        await release.Coordinator.StopAsync();
        (await release.Coordinator.GetExitCodeAsync()).ShouldBe(143, await release.Coordinator.GetLogsAsync());
        await release.StartCoordinatorAsync();

        await release.ShouldFinishLikeAsync(reference);
        (await release.Coordinator.GetLogsAsync()).ShouldContain("The coordinator is back, as process 2 of this run.");
    }

    [Fact]
    public async Task A_worker_that_runs_out_of_memory_is_done_without()
    {
        await using var release = await Release.InstallAsync(engine, waitForWorkers: 2);
        await release.StartWorkersAsync(2);
        var small = await release.StartWorkerAsync(2, memory: "128m");
        (await small.GetExitCodeAsync()).ShouldBe(137, await small.GetLogsAsync());
        (await small.InspectAsync("{{.State.OOMKilled}}")).ShouldBe("true");

        await release.ShouldFinishLikeAsync(reference);
    }

    [Fact]
    public async Task Three_workers_become_one_and_then_four()
    {
        await using var release = await Release.InstallAsync(engine, waitForWorkers: 3);
        var workers = await release.StartWorkersAsync(3);
        await release.UntilStepAsync(5);
        await Task.WhenAll(workers[1].StopAsync(), workers[2].StopAsync());
        await release.UntilAsync(status => status.Workers.Count == 1, "one worker is left");
        await release.StartWorkersAsync(3, first: 1);

        await release.ShouldFinishLikeAsync(reference);
        (await release.Coordinator.GetLogsAsync()).ShouldContain("4 workers");
    }
}
