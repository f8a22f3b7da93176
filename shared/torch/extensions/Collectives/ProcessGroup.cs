using Inception.Distributed.Torch.Native;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch;

/// <summary>
/// The ranks of one generation and the connections between them (c10d). Issue operations from one thread, on all ranks in the same order; tensors are contiguous.
/// End with <see cref="Barrier"/> before disposing: closing a connection drops what the peer has not read.
/// </summary>
public sealed class ProcessGroup : IDisposable
{
    private readonly ProcessGroupHandle _handle;

    private ProcessGroup(ProcessGroupHandle handle, int rank, int size)
    {
        _handle = handle;
        Rank = rank;
        Size = size;
    }

    public int Rank { get; }

    public int Size { get; }

    /// <summary>Connects the ranks over TCP, and blocks until all have connected.</summary>
    /// <param name="store">Shared by the ranks of this group and by nobody else (prefix its keys with the generation).</param>
    /// <param name="hostOrAddress">A local host name, address or network interface; the peers connect to it.</param>
    /// <param name="timeout">Of each operation, and of the wait for a peer's address.</param>
    /// <param name="connectTimeout">Of the wait for a peer whose address is known to connect; null: as <paramref name="timeout"/>.</param>
    /// <param name="cancellationToken">Ends the forming by shutting its sockets down. The store's waits are the store's own to end.</param>
    /// <exception cref="PeerLostException">A peer vanished while the group formed.</exception>
    /// <exception cref="CollectiveTimeoutException">A peer did not connect in time. What the store throws comes out as it is.</exception>
    /// <exception cref="CollectiveAbortedException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static ProcessGroup CreateGloo(
        IRendezvousStore store, int rank, int size, string hostOrAddress, TimeSpan timeout, TimeSpan? connectTimeout = null,
        CancellationToken cancellationToken = default)
    {
        Status.Check(GroupMethods.inc_forming_create(out var forming));
        using (forming)
        using (cancellationToken.UnsafeRegister(_ => Status.Check(GroupMethods.inc_forming_abort(forming)), null))
        {
            return Create(store, rank, size, (in StoreCallbacks callbacks, out ProcessGroupHandle group) => GroupMethods.inc_group_create_gloo(
                callbacks, rank, size, hostOrAddress, (long)timeout.TotalMilliseconds, (long)(connectTimeout ?? timeout).TotalMilliseconds, forming, out group));
        }
    }

    /// <summary>A group over NCCL; its operations run on the current CUDA stream's device. Needs a libtorch with CUDA.</summary>
    /// <exception cref="NativeException">This build has no NCCL.</exception>
    public static ProcessGroup CreateNccl(IRendezvousStore store, int rank, int size, TimeSpan timeout) =>
        Create(store, rank, size, (in StoreCallbacks callbacks, out ProcessGroupHandle group) =>
            GroupMethods.inc_group_create_nccl(callbacks, rank, size, (long)timeout.TotalMilliseconds, out group));

    /// <summary>Sends and receives between two ranks with the same tag match in the order in which they were issued; lengths must be equal.</summary>
    public Work Send(Tensor tensor, int destination, int tag)
    {
        Status.Check(GroupMethods.inc_group_send(_handle, tensor, destination, tag, out var work));
        return new Work(work, destination);
    }

    /// <inheritdoc cref="Send"/>
    public Work Receive(Tensor tensor, int source, int tag)
    {
        Status.Check(GroupMethods.inc_group_receive(_handle, tensor, source, tag, out var work));
        return new Work(work, source);
    }

    /// <summary>The backend's own all-reduce; its order of summation depends on the number of ranks.</summary>
    public Work AllReduceSum(Tensor tensor)
    {
        Status.Check(GroupMethods.inc_group_all_reduce_sum(_handle, tensor, out var work));
        return new Work(work);
    }

    public Work Broadcast(Tensor tensor, int root)
    {
        Status.Check(GroupMethods.inc_group_broadcast(_handle, tensor, root, out var work));
        return new Work(work);
    }

    /// <summary>Ends once every rank has issued it and the collectives before it have ended.</summary>
    public Work Barrier()
    {
        Status.Check(GroupMethods.inc_group_barrier(_handle, out var work));
        return new Work(work);
    }

    /// <summary>
    /// Breaks this group's connections, and no others of the process: operations in flight end at once with <see cref="CollectiveAbortedException"/>, and so
    /// does every later one. Peers see a lost connection. Any thread, more than once, even after disposal; the group must still be disposed.
    /// </summary>
    public void Abort()
    {
        try
        {
            Status.Check(GroupMethods.inc_group_abort(_handle));
        }
        catch (ObjectDisposedException)
        {
            // Disposed meanwhile by the thread that owns it: there is no connection left to break.
        }
    }

    /// <summary>Aborts where operations are in flight, and waits for them.</summary>
    public void Dispose() => _handle.Dispose();

    private delegate StatusCode NativeCreate(in StoreCallbacks callbacks, out ProcessGroupHandle group);

    private static ProcessGroup Create(IRendezvousStore store, int rank, int size, NativeCreate create)
    {
        ArgumentNullException.ThrowIfNull(store);
        var bridge = new StoreBridge(store);
        var status = create(bridge.Lend(), out var group);
        if (status != StatusCode.Ok)
        {
            bridge.ThrowIfFailed();
            Status.Check(status);
        }
        return new ProcessGroup(group, rank, size);
    }
}
