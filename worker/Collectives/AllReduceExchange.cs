using Inception.Distributed.Reduction;
using Inception.Distributed.Torch;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>The fast reduction: this rank's nodes are added up and the library's all-reduce does the rest, in an order of its own.</summary>
internal sealed class AllReduceExchange(WorkerGroup group, BucketPlan buckets, GradientFolder folder, Tensor leaf) : IBucketExchange
{
    private readonly Work?[] _pending = new Work?[buckets.Buckets.Count];

    public Tensor Sums { get; } = zeros_like(leaf).DetachFromDisposeScope();

    public void Start(long step, int bucket)
    {
        var slice = buckets.Buckets[bucket];
        FixedOrderSum.Copy(Sums, slice.Offset, folder.SumOf(folder.Nodes[0]), slice.Offset, slice.Length);
        foreach (var node in folder.Nodes.Skip(1))
            FixedOrderSum.Add(Sums, slice.Offset, folder.SumOf(node), slice.Offset, slice.Length);
        using var view = Sums.narrow(0, slice.Offset, slice.Length);
        _pending[bucket] = group.Processes.AllReduceSum(view);
    }

    public void Finish(long step, int bucket)
    {
        using var work = _pending[bucket];
        _pending[bucket] = null;
        work?.Wait();
    }

    public void Dispose()
    {
        foreach (var work in _pending) work?.Dispose();
        Sums.Dispose();
    }
}
