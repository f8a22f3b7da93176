using Inception.Distributed.Coordinator.Hosting;
using Inception.Distributed.Coordinator.Metrics;
using Inception.Distributed.Hosting;

namespace Inception.Distributed.Coordinator;

/// <summary>Runs one job from the first worker to the last.</summary>
public static class CoordinatorHost
{
    /// <summary>Returns when the run has ended and its workers know it; with <see cref="CoordinatorOptions.Stay"/>, when a token is cancelled after that.</summary>
    /// <param name="onListening">Called once with the URL for programs on this host.</param>
    /// <param name="stop">Asks for an end after the step in flight, with a checkpoint.</param>
    /// <param name="handOver">Asks this process to go and leave the run, whose workers train on, to the next one.</param>
    /// <returns>The exit code: 0 finished, 1 failed, 2 failed by the user's mistake, 130 stopped, 143 handed over.</returns>
    /// <exception cref="UserErrorException">The run could not begin: the options, the output directory or the address is wrong.</exception>
    public static Task<int> RunAsync(CoordinatorOptions options, Action<Uri>? onListening, CancellationToken stop, CancellationToken handOver) =>
        RunAsync(options, onListening, TimeProvider.System, stop, handOver);

    internal static async Task<int> RunAsync(
        CoordinatorOptions options, Action<Uri>? onListening, TimeProvider time, CancellationToken stop, CancellationToken handOver)
    {
        using var telemetry = options.Host.OpenTelemetry(RunMetrics.MeterName, "coordinator");
        var health = new RunHealth(time);
        await using var probes = options.Host.HealthListen is { } listen ? await HealthServer.StartAsync(listen, health, telemetry!) : null;
        await using var server = await CoordinatorServer.StartAsync(options, time);
        server.ShowTo(health);
        onListening?.Invoke(server.Url);
        using var registration = stop.Register(() => server.Stop("it was interrupted."));
        try
        {
            return await server.RunAsync(stop, handOver);
        }
        finally
        {
            health.Close();
        }
    }
}
