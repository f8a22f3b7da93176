using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Grpc.AspNetCore.Server;
using Inception.Distributed.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Inception.Distributed.Coordinator.Security;

/// <summary>A port that speaks gRPC, with the limits that keep strangers from using the process up.</summary>
internal static class SecureListening
{
    // The largest message of a worker is the outcomes of a block of an evaluation, or the samples of a step.
    private const int LargestMessage = 4 << 20;

    private const int MostConnections = 8192, StreamsPerConnection = 64, LargestHeaders = 16 << 10, MostHeaders = 64;
    private static readonly TimeSpan Handshake = TimeSpan.FromSeconds(5), Headers = TimeSpan.FromSeconds(5), Idle = TimeSpan.FromSeconds(60);

    /// <exception cref="UserErrorException">A file of the settings can't be used, or they do not allow the address.</exception>
    public static void Add(WebApplicationBuilder builder, IPEndPoint endPoint, SecuritySettings settings, TimeProvider time)
    {
        settings.Check(endPoint);
        var live = settings.Certificates is { } files ? LiveCertificates.Open(files, Role.Coordinator, time) : null;
        if (settings.TokenFile is { } path) JoinTokens.Open(path);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<Refusals>();
        builder.Services.AddSingleton(provider => new ConnectionGate(provider.GetRequiredService<Refusals>()));
        builder.Services.AddSingleton<AccessControl>();
        builder.Services.AddGrpc(grpc =>
        {
            (grpc.MaxReceiveMessageSize, grpc.EnableDetailedErrors) = (LargestMessage, false);
            grpc.Interceptors.Add<HandlerFaults>();
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            var limits = kestrel.Limits;
            (limits.MaxConcurrentConnections, limits.MaxRequestHeadersTotalSize, limits.MaxRequestHeaderCount) = (MostConnections, LargestHeaders, MostHeaders);
            (limits.RequestHeadersTimeout, limits.KeepAliveTimeout) = (Headers, Idle);
            (limits.Http2.MaxStreamsPerConnection, limits.Http2.MaxRequestHeaderFieldSize) = (StreamsPerConnection, LargestHeaders / 2);
            kestrel.Listen(endPoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                var gate = listen.ApplicationServices.GetRequiredService<ConnectionGate>();
                listen.Use(next => connection => gate.PassAsync(connection, next));
                if (live is null) return;
                var log = listen.ApplicationServices.GetRequiredService<ILogger<Refusals>>();
                live.OnProblem = problem => log.CertificatesUnusable(problem);
                var refusals = listen.ApplicationServices.GetRequiredService<Refusals>();
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    HandshakeTimeout = Handshake,
                    OnConnection = context => ValueTask.FromResult(Options(live, refusals, context.Connection, time)),
                });
            });
        });
    }

    /// <summary>To be called before the services are mapped.</summary>
    public static void Guard(WebApplication application)
    {
        var access = application.Services.GetRequiredService<AccessControl>();
        application.Use((http, next) => access.PassAsync(http, _ => next(http)));
    }

    private static SslServerAuthenticationOptions Options(LiveCertificates live, Refusals refusals, ConnectionContext connection, TimeProvider time)
    {
        var loaded = live.Current;
        return new SslServerAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls13,
            ServerCertificateContext = SslStreamCertificateContext.Create(loaded.Certificate, loaded.Intermediates, offline: true),
            ClientCertificateRequired = true,
            CertificateChainPolicy = PeerCheck.Policy(loaded.Authorities, time),
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                if (PeerCheck.Fault(certificate as X509Certificate2, loaded.Authorities, time) is not { } fault) return true;
                refusals.Note(Refusal.Certificate, ConnectionGate.Source(connection), fault);
                return false;
            },
        };
    }
}
