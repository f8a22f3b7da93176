using Grpc.Net.Client;
using Inception.Distributed.Hosting;
using Inception.Distributed.Protocol;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Evaluation;
using Inception.Distributed.Worker.Metrics;
using Inception.Distributed.Worker.Session;
using Inception.Distributed.Worker.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker;

/// <summary>Composes and runs one worker.</summary>
public static class WorkerHost
{
    /// <summary>Works for the coordinator until the run ends, or until it may leave after <see cref="WorkerOptions.Leave"/>.</summary>
    /// <returns>0 the run finished or was stopped; 1 it failed, or the coordinator was lost; 143 the worker was drained or has left.</returns>
    /// <exception cref="UserErrorException">No coordinator, refused by it, or the job can't be run here.</exception>
    public static async Task<int> RunAsync(WorkerOptions options)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        ConsoleLog.AddTo(builder.Logging, options.Host.LogFormat);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<TrainingActivity>();
        builder.Services.AddSingleton<WorkerMetrics>();
        builder.Services.AddSingleton<WorkerHealth>();
        builder.Services.AddSingleton(services => Connect(options, services.GetRequiredService<ILogger<WorkerService>>()));
        builder.Services.AddSingleton<CoordinatorSession>();
        builder.Services.AddSingleton<Outbox>();
        builder.Services.AddSingleton<IOutbox>(services => services.GetRequiredService<Outbox>());
        builder.Services.AddSingleton<Func<long, CancellationToken, IRendezvousStore>>(services =>
        {
            var client = new RendezvousStore.RendezvousStoreClient(services.GetRequiredService<GrpcChannel>());
            return (generation, superseded) => new RendezvousClient(client, generation, superseded);
        });
        builder.Services.AddSingleton<Membership>();
        builder.Services.AddSingleton<Trainer>();
        builder.Services.AddSingleton<EvaluationWork>();
        builder.Services.AddSingleton<WorkerService>();
        builder.Services.AddHostedService(services => services.GetRequiredService<WorkerService>());
        using var host = builder.Build();
        using var telemetry = options.Host.OpenTelemetry(WorkerMetrics.MeterName, "worker");
        await using var probes = options.Host.HealthListen is { } listen
            ? await HealthServer.StartAsync(listen, host.Services.GetRequiredService<WorkerHealth>(), telemetry!)
            : null;
        var worker = host.Services.GetRequiredService<WorkerService>();
        await host.StartAsync();
        await host.WaitForShutdownAsync();
        if (!worker.IsHung) return await worker.Result;
        // Nothing can be disposed under a thread that may go on at any time; the system takes all of it back.
        Environment.Exit(worker.Result.IsCompletedSuccessfully ? await worker.Result : 1);
        throw new InvalidOperationException("The process has ended.");
    }

    private static GrpcChannel Connect(WorkerOptions options, ILogger log) => GrpcChannel.ForAddress(options.Coordinator, new GrpcChannelOptions
    {
        HttpHandler = SecureClient.CreateHandler(options.Host.Security, Role.Worker, options.Coordinator, TimeProvider.System, log.CertificatesUnusable),
        DisposeHttpClient = true,
    });
}
