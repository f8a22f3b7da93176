using System.Net;
using Inception.Distributed.Coordinator.Hosting;
using Inception.Distributed.Coordinator.Security;
using Inception.Distributed.Hosting;

namespace Inception.Distributed.Coordinator.Evaluation;

/// <summary>Coordinates the evaluation of checkpoints from the first worker to the last block.</summary>
public static class EvaluationHost
{
    // How long the workers may take to hear that it is over.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    /// <summary>Returns when every image that counts is evaluated. Workers may join, leave and die meanwhile.</summary>
    /// <param name="onListening">Called once with the URL for programs on this host.</param>
    /// <param name="onProgress">Called at each change, from any thread, never twice at once.</param>
    /// <param name="onNews">Sentences for the operator, from any thread.</param>
    /// <exception cref="UserErrorException">The address can't be listened on, or a worker can't use the checkpoints or the images.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled before the end.</exception>
    public static async Task<EvaluationResult> RunAsync(
        EvaluationOptions options, Action<Uri> onListening, Action<EvaluationProgress> onProgress, Action<string> onNews, CancellationToken cancellationToken)
    {
        var endPoint = ListenAddress.Parse(options.Listen);
        options.Security.Check(endPoint);
        var run = new EvaluationRun(options, TimeProvider.System, onProgress, onNews);
        await using var application = Build(endPoint, options, run);
        await CoordinatorServer.StartAsync(application, endPoint);
        onListening(ListenAddress.LocalUrl(endPoint, new Uri(application.Urls.First()).Port, options.Security.Scheme));
        await using var cancelling = cancellationToken.Register(() => run.Fail(new OperationCanceledException(cancellationToken)));
        try
        {
            return await run.End;
        }
        finally
        {
            // Lets sessions end by themselves first, so that workers hear of it.
            await application.StopAsync(CancellationToken.None);
        }
    }

    private static WebApplication Build(IPEndPoint endPoint, EvaluationOptions options, EvaluationRun run)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders(); // The caller's console; what matters is thrown.
        SecureListening.Add(builder, endPoint, options.Security, TimeProvider.System);
        var services = builder.Services;
        services.Configure<HostOptions>(host => host.ShutdownTimeout = Farewell);
        services.AddSingleton<IHostLifetime, NoSignals>();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(run);
        services.AddSingleton<EvaluationSessionService>();
        var application = builder.Build();
        SecureListening.Guard(application);
        application.MapGrpcService<EvaluationSessionService>();
        return application;
    }
}
