using Grpc.Core;
using Grpc.Net.Client;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Bench;

/// <summary>A worker as the coordinator sees one, over a connection of its own: joins, forms generations, sends heartbeats; computes nothing.</summary>
internal sealed class SimulatedWorker : IAsyncDisposable
{
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellationTokenSource _ended = new();
    private readonly GrpcChannel _channel;
    private readonly string _id;
    private readonly Func<long, Task>? _onAssigned;
    private AsyncDuplexStreamingCall<WorkerMessage, CoordinatorMessage>? _call;
    private long _sequence;
    private volatile bool _isSilent;
    private Task _living = Task.CompletedTask;

    /// <param name="onAssigned">Called with each generation's number, before it is reported formed.</param>
    public SimulatedWorker(Uri coordinator, int number, Func<long, Task>? onAssigned = null)
    {
        // HOST-PID-RANDOM, of which the coordinator reads nothing.
        _id = $"simulated-{number + 1}-000000";
        _onAssigned = onAssigned;
        _channel = GrpcChannel.ForAddress(coordinator, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { UseProxy = false }, DisposeHttpClient = true });
    }

    /// <summary>Of the newest assignment; -1: none, a spare.</summary>
    public int Rank { get; private set; } = -1;

    public async Task JoinAsync()
    {
        _call = new WorkerSession.WorkerSessionClient(_channel).Open(cancellationToken: _ended.Token);
        await _call.RequestStream.WriteAsync(new WorkerMessage { Hello = new Hello { WorkerId = _id, Host = "127.0.0.1", ProcessId = 1, Device = "cpu", ProgramVersion = "bench" } });
        if (!await _call.ResponseStream.MoveNext(_ended.Token) || _call.ResponseStream.Current.Welcome is not { } welcome)
            throw new InvalidOperationException($"{_id} is not welcome: {_call.ResponseStream.Current}");
        _living = Task.WhenAll(ListenAsync(), BeatAsync(TimeSpan.FromMilliseconds(welcome.HeartbeatMilliseconds)));
        await TellAsync(new WorkerMessage { Fingerprint = new Fingerprint { Properties = { ["bench"] = "alike" }, TrainSamples = 1_000_000 } });
    }

    /// <summary>Stays connected and says nothing more, as one that hangs.</summary>
    public void FallSilent() => _isSilent = true;

    /// <summary>Ends without a word, as one that is killed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _living.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _call?.Dispose();
        _channel.Dispose();
    }

    private async Task ListenAsync()
    {
        await foreach (var message in _call!.ResponseStream.ReadAllAsync(_ended.Token))
        {
            if (message.Assignment is not { } assignment) continue;
            Rank = assignment.Rank;
            if (_onAssigned is not null) await _onAssigned(assignment.Generation);
            await TellAsync(new WorkerMessage
            {
                Formed = new Formed { Generation = assignment.Generation, Step = assignment.Start?.Step ?? 0, StateSha256 = new string('a', 64), SourceRank = assignment.Members.Any(member => member.HoldsState) ? 0 : -1 },
            });
        }
    }

    private async Task BeatAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval);
        while (await timer.WaitForNextTickAsync(_ended.Token))
            await WriteAsync(new WorkerMessage { Heartbeat = new Heartbeat { Generation = 1, Activity = "forward micro-batch 3 of step 1" } });
    }

    private Task TellAsync(WorkerMessage message)
    {
        message.Sequence = Interlocked.Increment(ref _sequence);
        return WriteAsync(message);
    }

    private async Task WriteAsync(WorkerMessage message)
    {
        if (_isSilent) return;
        await _writing.WaitAsync(_ended.Token);
        try
        {
            await _call!.RequestStream.WriteAsync(message, _ended.Token);
        }
        finally
        {
            _writing.Release();
        }
    }
}
