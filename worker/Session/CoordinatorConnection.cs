using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Worker.Session;

/// <summary>One stream to a coordinator, from Hello to its end.</summary>
internal sealed class CoordinatorConnection : IDisposable
{
    private readonly AsyncDuplexStreamingCall<WorkerMessage, CoordinatorMessage> _call;

    private CoordinatorConnection(AsyncDuplexStreamingCall<WorkerMessage, CoordinatorMessage> call, CoordinatorMessage first)
    {
        _call = call;
        First = first;
    }

    /// <summary>The answer to Hello: Welcome, Refused or Finished.</summary>
    public CoordinatorMessage First { get; }

    /// <exception cref="RpcException">Nobody answers.</exception>
    public static async Task<CoordinatorConnection> OpenAsync(GrpcChannel channel, Hello hello, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var call = new WorkerSession.WorkerSessionClient(channel).Open(cancellationToken: CancellationToken.None);
        try
        {
            try
            {
                await call.RequestStream.WriteAsync(new WorkerMessage { Hello = hello }, either.Token);
            }
            catch (Exception exception) when (exception is IOException or InvalidOperationException or RpcException)
            {
                // It does not take a word more of us; why not, is in its answer.
            }

            if (await call.ResponseStream.MoveNext(either.Token)) return new CoordinatorConnection(call, call.ResponseStream.Current);
            throw new RpcException(new Status(StatusCode.Unavailable, "it closed the session without a word"));
        }
        catch (Exception exception)
        {
            call.Dispose();
            if (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                throw new RpcException(new Status(StatusCode.Unavailable, $"no answer within {patience.TotalSeconds:0.#} s", exception));
            throw;
        }
    }

    public IAsyncEnumerable<CoordinatorMessage> ReadAllAsync(CancellationToken cancellationToken) => _call.ResponseStream.ReadAllAsync(cancellationToken);

    /// <summary>Carries the outbox up until it is complete.</summary>
    public async Task WriteAllAsync(Outbox outbox, CancellationToken cancellationToken)
    {
        while (await outbox.NextAsync(cancellationToken) is { } message) await _call.RequestStream.WriteAsync(message, cancellationToken);
        await _call.RequestStream.CompleteAsync();
    }

    public void Dispose() => _call.Dispose();

    /// <summary>The address of the interface that leads to the coordinator. A connected datagram socket sends nothing.</summary>
    public static string LocalAddressTowards(Uri coordinator)
    {
        using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(coordinator.Host, coordinator.Port);
        var address = ((System.Net.IPEndPoint)socket.LocalEndPoint!).Address;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }

    /// <summary>What went wrong, in the words of whatever lies at the bottom of it.</summary>
    public static string Describe(RpcException exception)
    {
        var innermost = RpcFault.Innermost(exception);
        return innermost is RpcException rpc ? rpc.Status.Detail : innermost.Message;
    }
}
