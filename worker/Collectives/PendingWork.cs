using Inception.Distributed.Torch;

namespace Inception.Distributed.Worker.Collectives;

internal static class PendingWork
{
    /// <summary>Waits for every transfer, also past a failure, since a transfer owns its buffer until it has ended; then throws the first failure.</summary>
    public static void WaitAll(List<Work> pending)
    {
        NativeException? failure = null;
        foreach (var work in pending)
        {
            try
            {
                work.Wait();
            }
            catch (NativeException exception)
            {
                failure ??= exception;
            }

            work.Dispose();
        }

        pending.Clear();
        if (failure is not null) throw failure;
    }
}
