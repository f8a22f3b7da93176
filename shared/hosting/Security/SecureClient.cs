using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Inception.Distributed.Hosting;

/// <summary>The server is not the one that it should be; the message says why, and what to do.</summary>
public sealed class PeerRefusedException(string message) : AuthenticationException(message);

/// <summary>Connections to a coordinator, as the security settings want them.</summary>
public static class SecureClient
{
    /// <param name="role">Of this process.</param>
    /// <param name="server">The coordinator's URL.</param>
    /// <param name="onProblem">Called for each change of the certificates that can't be used.</param>
    /// <returns>For a GrpcChannel, which owns it.</returns>
    /// <exception cref="UserErrorException">The settings and the URL do not go together, or a file can't be used.</exception>
    public static HttpMessageHandler CreateHandler(SecuritySettings settings, Role role, Uri server, TimeProvider time, Action<string>? onProblem = null)
    {
        settings.Check(server);
        // A proxy of the environment is for the way out of the cluster, not for the one to the coordinator.
        // A coordinator that is cut off sends no end of the connection; pings find it out.
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            KeepAlivePingDelay = TimeSpan.FromSeconds(5),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
        };
        if (settings.Certificates is { } files)
        {
            var live = LiveCertificates.Open(files, role, time);
            if (onProblem is not null) live.OnProblem = onProblem;
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                CertificateChainPolicy = PeerCheck.Policy(live.Current.Authorities, time),
                LocalCertificateSelectionCallback = (_, _, _, _, _) => live.Current.Certificate,
                RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsCoordinator(certificate as X509Certificate2, errors, live, server, time),
            };
        }

        return settings.TokenFile is { } path ? new TokenHandler(JoinTokens.Open(path)) { InnerHandler = handler } : handler;
    }

    private static bool IsCoordinator(X509Certificate2? certificate, SslPolicyErrors errors, LiveCertificates live, Uri server, TimeProvider time)
    {
        if (PeerCheck.Fault(certificate, live.Current.Authorities, time) is { } fault)
            throw new PeerRefusedException($"{server} is not trusted: {fault}");
        var names = AlternativeNames.Of(certificate!);
        if (names.Role != Role.Coordinator)
            throw new PeerRefusedException($"{server} is not trusted: its certificate is that of {PeerCheck.Describe(certificate!)}, and no coordinator's");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            throw new PeerRefusedException($"{server} is not trusted: its certificate is for {string.Join(", ", names.Hosts)}, not for {server.Host}; "
                + $"use one of these names, or issue it again with --host {server.Host}");
        }
        return true;
    }

    private sealed class TokenHandler(JoinTokens tokens) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.First);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
