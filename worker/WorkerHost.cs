using Grpc.Net.Client;
using Inception.Distributed.Hosting;
using Inception.Distributed.Protocol;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Session;
using Inception.Distributed.Worker.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Inception.Distributed.Worker;

/// <summary>Composes and runs one worker.</summary>
public static class WorkerHost
{
    /// <summary>Works for the coordinator until the run ends or <paramref name="stop"/> is cancelled.</summary>
    /// <returns>0 the run finished or was stopped; 1 it failed, or the coordinator was lost; 130 <paramref name="stop"/> was cancelled.</returns>
    /// <exception cref="UserErrorException">No coordinator, refused by it, or the job can't be run here.</exception>
    public static async Task<int> RunAsync(WorkerOptions options, CancellationToken stop)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        LineFormatter.AddTo(builder.Logging);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<TrainingActivity>();
        builder.Services.AddSingleton(_ => Connect(options.Coordinator));
        builder.Services.AddSingleton<CoordinatorSession>();
        builder.Services.AddSingleton<IOutbox>(services => services.GetRequiredService<CoordinatorSession>());
        builder.Services.AddSingleton<Func<long, IRendezvousStore>>(services =>
        {
            var client = new RendezvousStore.RendezvousStoreClient(services.GetRequiredService<GrpcChannel>());
            return generation => new RendezvousClient(client, generation);
        });
        builder.Services.AddSingleton<Trainer>();
        builder.Services.AddSingleton<WorkerService>();
        builder.Services.AddHostedService(services => services.GetRequiredService<WorkerService>());
        using var host = builder.Build();
        var worker = host.Services.GetRequiredService<WorkerService>();
        await host.RunAsync(stop);
        return await worker.Result;
    }

    // A proxy of the environment is for the way out of the cluster, not for the one to the coordinator.
    private static GrpcChannel Connect(Uri coordinator) =>
        GrpcChannel.ForAddress(coordinator, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { UseProxy = false }, DisposeHttpClient = true });
}
