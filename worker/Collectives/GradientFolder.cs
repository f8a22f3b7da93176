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
    private readonly Tensor?[] _slots;
    private readonly bool[] _folded;

    /// <param name="leaf">The arena that one micro-batch's backward and BatchNorm write: statistics, then gradients.</param>
    /// <param name="kept">The sums of the plan's kept nodes, in their order; they belong to the folder from now on.</param>
    public GradientFolder(FoldPlan plan, BucketPlan buckets, Tensor leaf, IReadOnlyList<Tensor> kept)
    {
        _plan = plan;
        _buckets = buckets;
        _leaf = leaf;
        _slots = [.. kept, .. Enumerable.Range(kept.Count, plan.Slots - kept.Count).Select(_ => zeros_like(leaf).DetachFromDisposeScope())];
        _folded = new bool[buckets.Buckets.Count];
    }

    /// <summary>The nodes whose sums lie in <see cref="SumOf"/> once the last micro-batch is folded.</summary>
    public IReadOnlyList<FoldedNode> Nodes => _plan.Nodes;

    public Tensor SumOf(FoldedNode node) => Slot(node.Slot);

    public void BeginMicroBatch() => Array.Clear(_folded);

    /// <summary>Folds one bucket of the share's <paramref name="index"/>-th micro-batch; false when that was done already.</summary>
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

    /// <summary>Hands over the nodes that are whole when so many micro-batches are folded, and the last of them entirely.</summary>
    public IReadOnlyList<HeldNode> Release(int count)
    {
        var released = new List<HeldNode>();
        foreach (var (node, slot) in _plan.NodesAfter(count))
        {
            released.Add(new HeldNode(node, slot == FoldPlan.Leaf ? _leaf.clone().DetachFromDisposeScope() : Slot(slot)));
            if (slot != FoldPlan.Leaf) _slots[slot] = null;
        }

        return released;
    }

    public void Dispose()
    {
        foreach (var slot in _slots) slot?.Dispose();
    }

    private Tensor Slot(int slot) => slot == FoldPlan.Leaf ? _leaf : _slots[slot] ?? throw new InvalidOperationException($"slot {slot} was handed over");
}
