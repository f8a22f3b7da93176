using System.Threading.Channels;
using Grpc.Core;
using Inception.Distributed.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker.Tests.Session;

/// <summary>A coordinator on loopback that answers Hello as its test says and hands over what it hears. A second one may take over its port.</summary>
internal sealed class FakeCoordinator : IAsyncDisposable
{
    private readonly WebApplication _application;

    private FakeCoordinator(WebApplication application) => _application = application;

    public Uri Url => new(_application.Urls.Single());

    public Channel<WorkerMessage> Heard { get; } = Channel.CreateUnbounded<WorkerMessage>();

    /// <summary>The answer to a Hello, and what follows it.</summary>
    public required Func<Hello, IReadOnlyList<CoordinatorMessage>> Answer { get; init; }

    public static async Task<FakeCoordinator> StartAsync(Func<Hello, IReadOnlyList<CoordinatorMessage>> answer, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<Sessions>();
        var application = builder.Build();
        application.MapGrpcService<Sessions>();
        var fake = new FakeCoordinator(application) { Answer = answer };
        application.Services.GetRequiredService<Sessions>().Owner = fake;
        await application.StartAsync(TestContext.Current.CancellationToken);
        return fake;
    }

    public static CoordinatorMessage Welcome(string run, long epoch, long lastSequence = 0) => new()
    {
        Welcome = new Welcome { RunId = run, Epoch = epoch, LastSequence = lastSequence, HeartbeatMilliseconds = 20 },
    };

    public async Task<WorkerMessage> HearAsync(WorkerMessage.MessageOneofCase what)
    {
        await foreach (var message in Heard.Reader.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (message.MessageCase == what) return message;
        }

        throw new InvalidOperationException("closed");
    }

    /// <summary>As a process that is killed: every connection breaks.</summary>
    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _application.StopAsync(atOnce.Token);
        await _application.DisposeAsync();
    }

    private sealed class Sessions : WorkerSession.WorkerSessionBase
    {
        public FakeCoordinator Owner { get; set; } = null!;

        public override async Task Open(IAsyncStreamReader<WorkerMessage> requests, IServerStreamWriter<CoordinatorMessage> responses, ServerCallContext context)
        {
            await requests.MoveNext(context.CancellationToken);
            foreach (var message in Owner.Answer(requests.Current.Hello)) await responses.WriteAsync(message, context.CancellationToken);
            await Owner.Heard.Writer.WriteAsync(requests.Current, context.CancellationToken);
            await foreach (var message in requests.ReadAllAsync(context.CancellationToken)) await Owner.Heard.Writer.WriteAsync(message, context.CancellationToken);
        }
    }
}
