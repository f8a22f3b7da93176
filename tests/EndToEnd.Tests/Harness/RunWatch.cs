using Grpc.Core;
using Grpc.Net.Client;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.EndToEnd.Tests.Harness;

/// <summary>Waits for a run to come to something, over coordinators that come and go.</summary>
internal static class RunWatch
{
    // Between attempts to reach a coordinator that is being started.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="channel">To the coordinator that there is now.</param>
    /// <param name="details">Of a failure.</param>
    /// <returns>The first status for which it is true.</returns>
    /// <exception cref="TimeoutException">It did not come to be.</exception>
    public static async Task<RunStatus> UntilAsync(
        Func<GrpcChannel> channel, Func<RunStatus, bool> condition, string description, TimeSpan timeout, Func<Task<string>>? details = null)
    {
        using var patience = new CancellationTokenSource(timeout);
        RunStatus? last = null;
        while (true)
        {
            try
            {
                using var watch = new Operator.OperatorClient(channel()).Watch(new StatusRequest(), cancellationToken: patience.Token);
                await foreach (var status in watch.ResponseStream.ReadAllAsync(patience.Token))
                {
                    last = status;
                    if (condition(status)) return status;
                }
            }
            catch (RpcException) when (!patience.IsCancellationRequested)
            {
                await Task.Delay(Pause, patience.Token);
            }
            catch (Exception exception) when (patience.IsCancellationRequested)
            {
                var more = details is null ? "" : "\n" + await details();
                throw new TimeoutException($"After {timeout.TotalSeconds} s it is still not so that {description}; the last status: {last}{more}", exception);
            }
        }
    }
}
