using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Threading.RateLimiting;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Inception.Distributed.Hosting;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Security;

/// <summary>
/// Stands before every call: workers call what workers call, operators what operators call, workers show the join token, and nobody calls faster than
/// a run needs. Without certificates there are no roles.
/// </summary>
internal sealed class AccessControl(SecuritySettings settings, ConnectionGate gate, Refusals refusals) : Interceptor, IDisposable
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

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(context);
        return await continuation(request, context);
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(context);
        await continuation(request, responseStream, context);
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(context);
        await continuation(requestStream, responseStream, context);
    }

    public void Dispose() => _rates.Dispose();

    private async Task AdmitAsync(ServerCallContext context)
    {
        var http = context.GetHttpContext();
        var source = ConnectionGate.Source(http.Connection.RemoteIpAddress);
        var needed = context.Method.StartsWith($"/{s_operator}/", StringComparison.Ordinal) ? Role.Operator : Role.Worker;
        CheckRole(http.Connection.ClientCertificate, needed, context.Method, source);
        if (needed == Role.Worker) CheckToken(context.RequestHeaders, source);
        gate.Admit(http.Connection.Id);
        using var lease = await _rates.AcquireAsync(http.Connection.Id, 1, context.CancellationToken);
        if (lease.IsAcquired) return;
        refusals.Note(Refusal.TooMany, source, $"a connection makes more than {CallsPerSecond} calls a second");
        throw new RpcException(new Status(StatusCode.ResourceExhausted, $"more than {CallsPerSecond} calls a second"));
    }

    private void CheckRole(X509Certificate2? certificate, Role needed, string method, string source)
    {
        if (settings.Certificates is null) return;
        // Its signature and dates were checked when the connection was made.
        var role = certificate is null ? null : _names.GetValue(certificate, AlternativeNames.Of).Role;
        if (role == needed) return;
        var who = certificate is null ? "nobody" : PeerCheck.Describe(certificate);
        refusals.Note(Refusal.Role, source, $"{who} called {method}, which is for the role {needed.Name()}");
        throw new RpcException(new Status(StatusCode.PermissionDenied,
            $"the certificate is that of {who}, and {method} is for the role {needed.Name()}; issue one: inception certs issue {needed.Name()} --help"));
    }

    private void CheckToken(Metadata headers, string source)
    {
        if (_tokens is null) return;
        const string scheme = "Bearer ";
        var shown = headers.FirstOrDefault(header => header.Key == "authorization")?.Value;
        if (shown is not null && shown.StartsWith(scheme, StringComparison.Ordinal) && _tokens.Accepts(shown[scheme.Length..])) return;
        var fault = shown is null ? "no join token" : "a wrong join token";
        refusals.Note(Refusal.Token, source, $"a worker shows {fault}");
        throw new RpcException(new Status(StatusCode.Unauthenticated, $"the coordinator asks for the join token, and this worker shows {fault}; name the file that holds it with --token-file"));
    }
}
