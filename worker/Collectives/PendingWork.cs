using System.Runtime.ExceptionServices;
using Inception.Distributed.Torch;

namespace Inception.Distributed.Worker.Collectives;

internal static class PendingWork
{
    /// <summary>Waits for every transfer, also past a failure, since a transfer owns its buffer until it has ended; then throws the first failure.</summary>
    /// <exception cref="UnheardException">It was a time-out: the first one that passes breaks all connections, so it alone tells who was waited for.</exception>
    public static void WaitAll(List<Work> pending)
    {
        Exception? failure = null;
        foreach (var work in pending)
        {
            try
            {
                work.Wait();
            }
            catch (CollectiveTimeoutException exception) when (work.Peer is { } peer)
            {
                failure ??= new UnheardException([peer], exception);
            }
            catch (NativeException exception)
            {
                failure ??= exception;
            }

            work.Dispose();
        }

        pending.Clear();
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
    }
}
