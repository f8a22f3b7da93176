using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Threading.RateLimiting;
using Grpc.Core;
using Inception.Distributed.Hosting;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Security;

/// <summary>
/// Stands before every call, and before a byte of its messages is parsed: workers call what workers call, operators what operators call, workers show the
/// join token, and nobody calls faster than a run needs. Without certificates there are no roles.
/// </summary>
internal sealed class AccessControl(SecuritySettings settings, ConnectionGate gate, Refusals refusals) : IDisposable
{
    // A worker of a large generation asks the store for a few keys of each peer at once; nobody needs more over a while.
    private const int CallsPerSecond = 500, Burst = 5000, Waiting = 1000;

    private static readonly string s_operator = Operator.Descriptor.FullName;

    private readonly JoinTokens? _tokens = settings.TokenFile is { } path ? JoinTokens.Open(path) : null;
    private readonly ConditionalWeakTable<X509Certificate2, AlternativeNames> _names = [];
    private readonly PartitionedRateLimiter<string> _rates = PartitionedRateLimiter.Create<string, string>(connection =>
        RateLimitPartition.GetTokenBucketLimiter(connection, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Burst,
            TokensPerPeriod = CallsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = Waiting,
        }));

    /// <summary>Middleware in front of gRPC; what it refuses is answered in gRPC's way.</summary>
    public async Task PassAsync(HttpContext http, RequestDelegate next)
    {
        var source = ConnectionGate.Source(http.Connection.RemoteIpAddress);
        var needed = http.Request.Path.Value!.StartsWith($"/{s_operator}/", StringComparison.Ordinal) ? Role.Operator : Role.Worker;
        var refusal = CheckRole(http, needed, source) ?? (needed == Role.Worker ? CheckToken(http, source) : null);
        if (refusal is null)
        {
            gate.Admit(http.Connection.Id);
            using var lease = await _rates.AcquireAsync(http.Connection.Id, 1, http.RequestAborted);
            if (!lease.IsAcquired)
            {
                refusals.Note(Refusal.TooMany, source, $"a connection makes more than {CallsPerSecond} calls a second");
                refusal = new Status(StatusCode.ResourceExhausted, $"more than {CallsPerSecond} calls a second");
            }
        }

        if (refusal is { } status) Answer(http.Response, status);
        else await next(http);
    }

    public void Dispose() => _rates.Dispose();

    private Status? CheckRole(HttpContext http, Role needed, string source)
    {
        if (settings.Certificates is null) return null;
        // Its signature and dates were checked when the connection was made.
        var certificate = http.Connection.ClientCertificate;
        var role = certificate is null ? null : _names.GetValue(certificate, AlternativeNames.Of).Role;
        if (role == needed) return null;
        var (who, method) = (certificate is null ? "nobody" : PeerCheck.Describe(certificate), MethodOf(http));
        refusals.Note(Refusal.Role, source, $"{who} called {method}, which is for the role {needed.Name()}");
        return new Status(StatusCode.PermissionDenied,
            $"the certificate is that of {who}, and {method} is for the role {needed.Name()}; issue one: inception certs issue {needed.Name()} --help");
    }

    private Status? CheckToken(HttpContext http, string source)
    {
        if (_tokens is null) return null;
        const string scheme = "Bearer ";
        var shown = http.Request.Headers.Authorization.ToString();
        if (shown.StartsWith(scheme, StringComparison.Ordinal) && _tokens.Accepts(shown[scheme.Length..])) return null;
        var fault = shown.Length == 0 ? "no join token" : "a wrong join token";
        refusals.Note(Refusal.Token, source, $"a worker shows {fault}");
        return new Status(StatusCode.Unauthenticated,
            $"the coordinator asks for the join token, and this worker shows {fault}; name the file that holds it with --token-file");
    }

    // The caller chooses it.
    private static string MethodOf(HttpContext http)
    {
        const int most = 80;
        return string.Concat(http.Request.Path.Value!.Take(most).Select(c => char.IsControl(c) ? '?' : c));
    }

    // https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, Trailers-Only; messages are percent-encoded.
    private static void Answer(HttpResponse response, Status status)
    {
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)status.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(status.Detail);
    }
}
