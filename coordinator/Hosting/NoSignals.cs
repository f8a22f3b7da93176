namespace Inception.Distributed.Coordinator.Hosting;

/// <summary>Signals belong to the program around the server: an interrupt means a stop of the run, not of the server.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
