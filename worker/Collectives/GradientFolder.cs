using Inception.Distributed.Reduction;
using Inception.Distributed.Torch;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>
/// Folds this worker's micro-batch gradients into the sums of its tree nodes, bucket by bucket as backward finishes them,
/// while they are still in the cache. Autograd never accumulates across micro-batches. Training thread only.
/// </summary>
internal sealed class GradientFolder : IDisposable
{
    private readonly FoldPlan _plan;
    private readonly BucketPlan _buckets;
    private readonly Tensor _leaf;
    private readonly Tensor[] _slots;
    private readonly bool[] _folded;

    /// <param name="leaf">The arena that one micro-batch's backward and BatchNorm write: statistics, then gradients.</param>
    public GradientFolder(FoldPlan plan, BucketPlan buckets, Tensor leaf)
    {
        _plan = plan;
        _buckets = buckets;
        _leaf = leaf;
        _slots = [.. Enumerable.Range(0, plan.Slots).Select(_ => zeros_like(leaf).DetachFromDisposeScope())];
        _folded = new bool[buckets.Buckets.Count];
    }

    /// <summary>The nodes whose sums lie in <see cref="SumOf"/> once the last micro-batch is folded.</summary>
    public IReadOnlyList<FoldedNode> Nodes => _plan.Nodes;

    public Tensor SumOf(FoldedNode node) => Slot(node.Slot);

    public void BeginMicroBatch() => Array.Clear(_folded);

    /// <summary>Folds one bucket of the range's <paramref name="index"/>-th micro-batch; false when that was done already.</summary>
    public bool Fold(int bucket, int index)
    {
        if (_folded[bucket]) return false;
        _folded[bucket] = true;
        var slice = _buckets.Buckets[bucket];
        foreach (var action in _plan.After(index))
        {
            var (destination, source) = (Slot(action.Destination), Slot(action.Source));
            if (action.Add) FixedOrderSum.Add(destination, slice.Offset, source, slice.Offset, slice.Length);
            else FixedOrderSum.Copy(destination, slice.Offset, source, slice.Offset, slice.Length);
        }

        return true;
    }

    public void Dispose()
    {
        foreach (var slot in _slots) slot.Dispose();
    }

    private Tensor Slot(int slot) => slot == FoldPlan.Leaf ? _leaf : _slots[slot];
}
