using Grpc.Core;
using Inception.Distributed.Torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>
/// The members of a generation say in the rendezvous store how far they have come, so that those who wait in vain know for whom: Gloo's own
/// messages do not tell.
/// </summary>
internal sealed class Meeting(IRendezvousStore store, int rank, int size)
{
    private const string Present = "present", Connected = "connected";

    /// <summary>
    /// Connects once all are there, so that connecting takes no longer than the network does: Gloo connects to one peer after another, and would
    /// wait at each for those that wait for a late one.
    /// </summary>
    /// <param name="patience">For a member to come.</param>
    /// <exception cref="UnheardException">Not all came, or were connected to all others.</exception>
    public T Hold<T>(TimeSpan patience, Func<T> connect, CancellationToken cancellationToken)
    {
        var stage = Present;
        try
        {
            store.Set(Key(Present, rank), [1]);
            store.Wait([.. Enumerable.Range(0, size).Select(member => Key(Present, member))], patience);
            stage = Connected;
            var group = connect();
            store.Set(Key(Connected, rank), [1]);
            return group;
        }
        catch (Exception exception) when (IsFailure(exception) && !cancellationToken.IsCancellationRequested)
        {
            if (Missing(stage) is { Count: > 0 } missing) throw new UnheardException(missing, exception);
            throw;
        }
    }

    private static bool IsFailure(Exception exception) =>
        exception is TimeoutException or RpcException { StatusCode: StatusCode.DeadlineExceeded } or (NativeException and not CollectiveAbortedException);

    // Not this one, which has not come to the end of the stage either.
    private IReadOnlyList<int> Missing(string stage)
    {
        try
        {
            return [.. Enumerable.Range(0, size).Where(member => member != rank && !store.Check([Key(stage, member)]))];
        }
        catch (RpcException)
        {
            return []; // The generation is over, or the coordinator is away: there is nobody to tell.
        }
    }

    private static string Key(string stage, int member) => $"{stage}/{member}";
}
