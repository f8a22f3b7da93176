using System.Net;
using Inception.Distributed.Checkpoints;
using Inception.Distributed.Coordinator.Journal;
using Inception.Distributed.Coordinator.Loop;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Metrics;
using Inception.Distributed.Coordinator.Operations;
using Inception.Distributed.Coordinator.Rendezvous;
using Inception.Distributed.Coordinator.Security;
using Inception.Distributed.Coordinator.Sessions;
using Inception.Distributed.Coordinator.Stragglers;
using Inception.Distributed.Hosting;
using Microsoft.AspNetCore.Connections;

namespace Inception.Distributed.Coordinator.Hosting;

/// <summary>The web server with the run's loop behind it.</summary>
internal sealed class CoordinatorServer : IAsyncDisposable
{
    // For workers to hear the end, and for requests under way.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly WebApplication _application;
    private readonly PreparedRun _run;
    private readonly bool _stays;
    private readonly TimeProvider _time;

    private CoordinatorServer(WebApplication application, PreparedRun run, bool stays, TimeProvider time, Uri url)
    {
        _application = application;
        _run = run;
        _stays = stays;
        _time = time;
        Url = url;
    }

    public Uri Url { get; }

    /// <exception cref="UserErrorException">The run can't begin.</exception>
    public static async Task<CoordinatorServer> StartAsync(CoordinatorOptions options, TimeProvider time)
    {
        var endPoint = ListenAddress.Parse(options.Listen);
        options.Host.Security.Check(endPoint);
        using var startLog = LoggerFactory.Create(logging => ConfigureLogging(logging, options.Host, time));
        var run = PreparedRun.Open(options, time, startLog.CreateLogger<CoordinatorServer>());
        WebApplication? application = null;
        try
        {
            application = Build(endPoint, options.Host, run, time);
            // Before anybody can join.
            application.Services.GetRequiredService<RunLoop>().Post(new CoordinatorStarted(run.Epoch.Epoch));
            await StartAsync(application, endPoint);
            var url = ListenAddress.LocalUrl(endPoint, new Uri(application.Urls.Single()).Port, options.Host.Security.Scheme);
            run.Files.Announce(url);
            var log = application.Services.GetRequiredService<ILogger<CoordinatorServer>>();
            log.Listening(application.Urls.Single(), url);
            log.Output(run.Directory.Root);
            return new CoordinatorServer(application, run, options.Stay, time, url);
        }
        catch
        {
            if (application is not null) await application.DisposeAsync();
            run.Dispose();
            throw;
        }
    }

    /// <summary>Opens the run to probes and collectors, until this is disposed.</summary>
    public void ShowTo(RunHealth health)
    {
        Get<RunMetrics>();
        health.Open(Get<RunLoop>(), Get<RunStatusBuilder>());
    }

    public void Stop(string why) => Get<RunLoop>().Post(new StopAsked(why));

    /// <summary>Until the run has ended and everybody has heard of it, within limits, or this process is to leave it to the next one.</summary>
    public async Task<int> RunAsync(CancellationToken stop, CancellationToken handOver)
    {
        using var shutDown = new CancellationTokenSource();
        using var effects = ActivatorUtilities.CreateInstance<RunEffects>(_application.Services, _run.Files);
        var log = Get<ILogger<CoordinatorServer>>();
        var loop = Get<RunLoop>().RunAsync(effects, shutDown.Token);
        var end = Get<StateFeed>().WaitForEndAsync(shutDown.Token);
        int exitCode;
        var first = await Task.WhenAny(loop, end, Cancelled(handOver));
        if (first == loop)
        {
            exitCode = await ExitCodeOfBrokenLoopAsync(loop, log);
        }
        else if (first == end)
        {
            exitCode = (await end).ExitCode;
            if (_stays && !stop.IsCancellationRequested)
            {
                log.Staying((await end).State);
                await Task.WhenAny(loop, Cancelled(stop), Cancelled(handOver));
            }
        }
        else
        {
            // Whoever hears no last word looks for the next process of the run.
            log.HandingOver();
            Get<SessionRegistry>().Close();
            exitCode = ExitCodes.HandedOver;
        }
        var open = await Get<SessionRegistry>().WhenEmptyAsync(Farewell, _time);
        if (open > 0) log.SessionsCut(open);
        await _application.StopAsync(CancellationToken.None);
        await Get<CheckpointRetention>().WhenIdleAsync();
        await shutDown.CancelAsync();
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return exitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _run.Dispose();
    }

    // Without a journal nothing can be decided any more, and a line that is missing in a file of the run would never come again; a next
    // process takes the run up from what was committed. The workers hear it so that they do not wait.
    private async Task<int> ExitCodeOfBrokenLoopAsync(Task loop, ILogger log)
    {
        string why;
        try
        {
            await loop;
            throw new InvalidOperationException("The run's loop ended before the run.");
        }
        catch (JournalException error)
        {
            why = error.Message;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            why = $"A file of the run can't be written: {error.Message}.";
        }

        log.LoopBroke(why);
        Get<SessionRegistry>().SendToAll(Messages.Finished(new RunOutcome(RunEnding.Failed, why, ExitCodes.Failed, 0, 0)));
        return ExitCodes.Failed;
    }

    private static Task Cancelled(CancellationToken token) => Task.Delay(Timeout.Infinite, token).ContinueWith(_ => { }, TaskScheduler.Default);

    private T Get<T>() where T : notnull => _application.Services.GetRequiredService<T>();

    private static WebApplication Build(IPEndPoint endPoint, HostSettings host, PreparedRun run, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        ConfigureLogging(builder.Logging, host, time);
        SecureListening.Add(builder, endPoint, host.Security, time);
        var services = builder.Services;
        services.Configure<HostOptions>(options => options.ShutdownTimeout = Farewell);
        services.AddSingleton<IHostLifetime, NoSignals>();
        services.AddSingleton(time);
        services.AddSingleton(run.Settings);
        services.AddSingleton(run.State);
        services.AddSingleton(run.Epoch);
        services.AddSingleton(run.Directory);
        services.AddSingleton(run.Files);
        services.AddSingleton(run.Files.Steps);
        services.AddSingleton<IJournal>(run.Journal);
        services.AddSingleton(new StateFeed(run.Journal.ReadSentences(run.Settings.RunId, StateFeed.SentencesKept)));
        services.AddSingleton<RunCounters>();
        services.AddSingleton<RunLoop>();
        services.AddSingleton<IRunEvents>(provider => provider.GetRequiredService<RunLoop>());
        services.AddSingleton(new SessionRegistry(run.State.LastSession));
        services.AddSingleton(new StragglerWatch(run.Settings.Job.Workers.Stragglers));
        services.AddSingleton<GroupSecrets>();
        services.AddSingleton<RendezvousKeys>();
        services.AddSingleton<RunStatusBuilder>();
        services.AddSingleton<RunMetrics>();
        services.AddSingleton(new CheckpointStore(run.Settings.CheckpointRoot));
        services.AddSingleton<CheckpointRetention>();
        services.AddSingleton<CheckpointSearcher>();
        services.AddSingleton<WorkerSessionService>();
        services.AddSingleton<RendezvousStoreService>();
        services.AddSingleton<OperatorService>();

        var application = builder.Build();
        SecureListening.Guard(application);
        application.MapGrpcService<WorkerSessionService>();
        application.MapGrpcService<RendezvousStoreService>();
        application.MapGrpcService<OperatorService>();
        return application;
    }

    private static void ConfigureLogging(ILoggingBuilder logging, HostSettings host, TimeProvider time)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Information);
        logging.Services.AddSingleton(time);
        ConsoleLog.AddTo(logging, host.LogFormat);
    }

    /// <exception cref="UserErrorException">The address can't be listened on.</exception>
    internal static async Task StartAsync(WebApplication application, IPEndPoint endPoint)
    {
        try
        {
            await application.StartAsync();
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            throw ListenAddress.InUse(endPoint);
        }
        catch (System.Net.Sockets.SocketException error)
        {
            throw ListenAddress.Unusable(endPoint, error.Message);
        }
    }
}
