using Inception.Distributed.Reduction;
using Inception.Distributed.Torch;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>
/// The staging buffers of one bucket under way, large enough for any bucket, and its pending transfers. Communicator thread only.
/// </summary>
internal sealed class BucketStage : IDisposable
{
    private readonly Tensor[] _sent;
    private readonly Tensor[] _received;
    private readonly Tensor[] _gathered;
    private readonly Tensor _result;
    private readonly List<Work> _pending = [];

    public BucketStage(WorkerGroup group, BucketPlan buckets, IReadOnlyList<int> nodeCounts, Tensor like)
    {
        var largest = Enumerable.Range(0, group.Size)
            .Select(rank => buckets.Buckets.Max(bucket => BucketPlan.Segment(bucket, rank, group.Size).Length))
            .ToArray();
        var mine = largest[group.Rank];
        _sent = [.. largest.Select((length, peer) => Buffer(peer, nodeCounts[group.Rank] * length))];
        _received = [.. largest.Select((_, peer) => Buffer(peer, nodeCounts[peer] * mine))];
        _gathered = [.. largest.Select((length, peer) => Buffer(peer, length))];
        _result = Allocate(mine);

        Tensor Buffer(int peer, long length) => Allocate(peer == group.Rank ? 0 : length);

        Tensor Allocate(long length) => zeros([MessageHeader.Length + length], like.dtype, like.device).DetachFromDisposeScope();
    }

    public Tensor ToSend(int peer, long length) => Message(_sent[peer], length);

    public Tensor Received(int peer, long length) => Message(_received[peer], length);

    public Tensor Gathered(int peer, long length) => Message(_gathered[peer], length);

    public Tensor Result(long length) => Message(_result, length);

    public void Post(Work work) => _pending.Add(work);

    /// <summary>Every transfer has ended when this returns, also when it throws the first failure.</summary>
    public void WaitAll() => PendingWork.WaitAll(_pending);

    public void Dispose()
    {
        foreach (var work in _pending) work.Dispose();
        foreach (var tensor in (IEnumerable<Tensor>)[.. _sent, .. _received, .. _gathered, _result]) tensor.Dispose();
    }

    private static Tensor Message(Tensor buffer, long length) => buffer.narrow(0, 0, MessageHeader.Length + length);
}
