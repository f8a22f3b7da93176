using Microsoft.Extensions.Hosting;

namespace Inception.Distributed.Hosting;

/// <summary>Signals belong to the program around the host: to a coordinator an interrupt means a stop of the run, to a worker a request to be drained.</summary>
public sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
