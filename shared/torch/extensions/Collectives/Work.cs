using Inception.Distributed.Torch.Native;

namespace Inception.Distributed.Torch;

/// <summary>
/// An operation of a process group in flight. It keeps its tensor's storage until it has ended; disposed before that, it stays with its group, which waits for it
/// when it is disposed itself.
/// </summary>
public sealed class Work : IDisposable
{
    private readonly WorkHandle _handle;

    internal Work(WorkHandle handle, int? peer = null)
    {
        _handle = handle;
        Peer = peer;
    }

    /// <summary>The rank at the other end; null: all.</summary>
    public int? Peer { get; }

    /// <summary>Whether <see cref="Wait"/> would return at once. Gloo tells it of collectives only; of its sends and receives this is false until they have been waited for.</summary>
    public bool IsCompleted
    {
        get
        {
            Status.Check(GroupMethods.inc_work_is_completed(_handle, out var result));
            return result;
        }
    }

    /// <summary>Blocks until the operation has ended. A second call has the first one's outcome.</summary>
    /// <exception cref="PeerLostException">The connection to a peer broke.</exception>
    /// <exception cref="CollectiveTimeoutException">The group's time-out passed; Gloo breaks all of the group's connections with it.</exception>
    /// <exception cref="CollectiveAbortedException">The group was aborted.</exception>
    public void Wait() => Status.Check(GroupMethods.inc_work_wait(_handle));

    public void Dispose() => _handle.Dispose();
}
