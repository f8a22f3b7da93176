using Grpc.Core;
using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Hosting;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>The newest status of a run, over coordinators that come and go. For any thread.</summary>
internal sealed class StatusWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _ended = new();
    private readonly CoordinatorClient _client;
    private readonly TimeProvider _time;
    private readonly Task _watching;

    public StatusWatch(Uri address, TimeProvider time)
    {
        (_client, _time) = (new CoordinatorClient(address, new SecuritySettings { Insecure = true }), time);
        _watching = WatchAsync();
    }

    public Operator.OperatorClient Operator => _client.Operator;

    public RunStatus Latest { get; private set; } = new();

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _watching;
        _client.Dispose();
        _ended.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                using var watch = Operator.Watch(new StatusRequest(), cancellationToken: _ended.Token);
                await foreach (var status in watch.ResponseStream.ReadAllAsync(_ended.Token)) Latest = status;
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                // It is away, as faults go.
            }
            await Task.Delay(Pause, _time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
