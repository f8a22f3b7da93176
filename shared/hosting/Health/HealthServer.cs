using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace Inception.Distributed.Hosting;

/// <summary>
/// <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c> over plain HTTP on an address of their own: probes have no certificate. It reads and never
/// changes anything, and listens before the host behind it has started, so that starting can be told from stuck.
/// </summary>
public sealed class HealthServer : IAsyncDisposable
{
    private const string Option = "--health-listen";

    // A probe is a line or two. What is larger, slower or comes in greater numbers is no probe.
    private const int MostConnections = 64, LargestHeaders = 8 << 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly WebApplication _application;

    private HealthServer(WebApplication application, Uri url) => (_application, Url) = (application, url);

    public Uri Url { get; }

    /// <param name="listen">IP address and port.</param>
    /// <exception cref="UserErrorException">The address can't be listened on.</exception>
    public static async Task<HealthServer> StartAsync(string listen, IHealth health, Telemetry telemetry)
    {
        var endPoint = ListenAddress.Parse(listen, Option);
        var application = Build(endPoint, health, telemetry);
        try
        {
            await application.StartAsync();
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            await application.DisposeAsync();
            throw ListenAddress.InUse(endPoint, Option);
        }
        catch (System.Net.Sockets.SocketException error)
        {
            await application.DisposeAsync();
            throw ListenAddress.Unusable(endPoint, error.Message, Option);
        }
        return new HealthServer(application, ListenAddress.LocalUrl(endPoint, new Uri(application.Urls.Single()).Port));
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static WebApplication Build(IPEndPoint endPoint, IHealth health, Telemetry telemetry)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders(); // Probes are no news.
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            var limits = kestrel.Limits;
            (limits.MaxConcurrentConnections, limits.MaxRequestBodySize, limits.MaxRequestHeadersTotalSize) = (MostConnections, 0, LargestHeaders);
            (limits.RequestHeadersTimeout, limits.KeepAliveTimeout) = (Patience, Patience);
            kestrel.Listen(endPoint, options => options.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        var application = builder.Build();
        application.MapGet("/healthz", async context => await AnswerAsync(context, health, report => report.IsAlive));
        application.MapGet("/readyz", async context => await AnswerAsync(context, health, report => report.IsReady));
        application.MapPrometheusScrapingEndpoint("/metrics", telemetry.Meters, configureBranchedPipeline: null, optionsName: null);
        return application;
    }

    // 200 or 503, and one line: the state and what it is doing.
    private static async Task AnswerAsync(HttpContext context, IHealth health, Func<HealthReport, bool> isWell)
    {
        var report = await health.CheckAsync(context.RequestAborted);
        context.Response.StatusCode = isWell(report) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync($"{report.State}: {report.Detail}\n", context.RequestAborted);
    }
}
