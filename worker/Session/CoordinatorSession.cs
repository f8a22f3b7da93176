using System.Net.Sockets;
using System.Threading.Channels;
using Grpc.Core;
using Grpc.Net.Client;
using Inception.Distributed.Protocol;
using Inception.Distributed.Sampling;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker.Session;

/// <summary>
/// The worker's stream to its coordinator: says hello, carries the outbox up and the coordinator's messages down, and sends
/// heartbeats that say what the training thread is doing.
/// </summary>
internal sealed class CoordinatorSession(WorkerOptions options, GrpcChannel channel, TimeProvider time, ILogger<CoordinatorSession> log) : IOutbox
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    private readonly Channel<WorkerMessage> _outbox = Channel.CreateUnbounded<WorkerMessage>(new UnboundedChannelOptions { SingleReader = true });
    private AsyncDuplexStreamingCall<WorkerMessage, CoordinatorMessage>? _call;

    public string WorkerId { get; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    public void Send(WorkerMessage message) => _outbox.Writer.TryWrite(message);

    /// <summary>Opens the stream; a coordinator that does not answer yet is tried again with growing delays.</summary>
    /// <returns>The coordinator's first message: Welcome or Refused.</returns>
    /// <exception cref="UserErrorException">No coordinator answered within <see cref="WorkerOptions.ConnectTimeout"/>.</exception>
    public async Task<CoordinatorMessage> ConnectAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var random = KeyedRandom.From(Purpose.Order, Keyed.HashText(WorkerId));
        for (var delay = FirstDelay; ; delay = TimeSpan.FromTicks(Math.Min(LongestDelay.Ticks, delay.Ticks * 2)))
        {
            try
            {
                return await OpenAsync(cancellationToken);
            }
            catch (RpcException exception) when (exception.StatusCode is StatusCode.Unavailable or StatusCode.Internal && !cancellationToken.IsCancellationRequested)
            {
                var reason = Describe(exception);
                if (time.GetElapsedTime(started) + delay > options.ConnectTimeout)
                {
                    throw new UserErrorException("--coordinator",
                        $"no coordinator answers at {options.Coordinator} ({reason}); gave up after {options.ConnectTimeout.TotalSeconds:0} s. Start one with 'inception coordinator JOB.yaml --listen ADDRESS', or correct the URL.");
                }

                // Jitter, so that a thousand workers do not come back in the same millisecond.
                var jittered = delay * (0.5 + random.NextDouble() / 2);
                log.Retrying(options.Coordinator, reason, jittered.TotalSeconds);
                await Task.Delay(jittered, time, cancellationToken);
            }
        }
    }

    /// <summary>Sends what is in the outbox until <see cref="CompleteAsync"/>; run it beside <see cref="ReadAllAsync"/>.</summary>
    public async Task WriteAllAsync(CancellationToken cancellationToken)
    {
        await foreach (var message in _outbox.Reader.ReadAllAsync(cancellationToken)) await Call.RequestStream.WriteAsync(message, cancellationToken);
        await Call.RequestStream.CompleteAsync();
    }

    public IAsyncEnumerable<CoordinatorMessage> ReadAllAsync(CancellationToken cancellationToken) => Call.ResponseStream.ReadAllAsync(cancellationToken);

    public async Task SendHeartbeatsAsync(TimeSpan interval, Func<Heartbeat> heartbeat, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken)) Send(new WorkerMessage { Heartbeat = heartbeat() });
    }

    /// <summary>Nothing more will be sent; what is queued still goes out.</summary>
    public void Complete() => _outbox.Writer.TryComplete();

    private AsyncDuplexStreamingCall<WorkerMessage, CoordinatorMessage> Call => _call ?? throw new InvalidOperationException("not connected");

    private async Task<CoordinatorMessage> OpenAsync(CancellationToken cancellationToken)
    {
        var call = new WorkerSession.WorkerSessionClient(channel).Open(cancellationToken: cancellationToken);
        try
        {
            await call.RequestStream.WriteAsync(new WorkerMessage
            {
                Hello = new Hello
                {
                    WorkerId = WorkerId,
                    Host = options.Address ?? LocalAddressTowards(options.Coordinator),
                    ProcessId = Environment.ProcessId,
                    Device = options.Device,
                    ProgramVersion = typeof(CoordinatorSession).Assembly.GetName().Version?.ToString(3) ?? "",
                },
            }, cancellationToken);
            if (!await call.ResponseStream.MoveNext(cancellationToken))
                throw new RpcException(new Status(StatusCode.Unavailable, "it closed the session without a word"));
        }
        catch
        {
            call.Dispose();
            throw;
        }

        _call = call;
        log.Connected(options.Coordinator, WorkerId);
        return call.ResponseStream.Current;
    }

    /// <summary>The address of the interface that leads to the coordinator. A connected datagram socket sends nothing.</summary>
    private static string LocalAddressTowards(Uri coordinator)
    {
        using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(coordinator.Host, coordinator.Port);
        var address = ((System.Net.IPEndPoint)socket.LocalEndPoint!).Address;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }

    private static string Describe(RpcException exception)
    {
        Exception innermost = exception.Status.DebugException ?? exception;
        while (innermost.InnerException is { } inner) innermost = inner;
        return innermost is RpcException rpc ? rpc.Status.Detail : innermost.Message;
    }
}
