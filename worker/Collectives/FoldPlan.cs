using Inception.Distributed.Reduction;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>One step of a fold: add a slot into another, or keep the leaf in a slot of its own.</summary>
/// <param name="Destination">Slot that receives.</param>
/// <param name="Source">Slot that is read; <see cref="FoldPlan.Leaf"/> is the gradient arena itself.</param>
/// <param name="Add">True: destination += source. False: destination = source.</param>
internal readonly record struct FoldAction(int Destination, int Source, bool Add);

/// <summary>Where a finished subtree's sum lies once a worker's micro-batches are folded.</summary>
internal readonly record struct FoldedNode(TreeNode Node, int Slot);

/// <summary>
/// What a worker does after each of its micro-batches so that, at the end of its range, it holds the sums of the fewest whole
/// tree nodes: a binary counter over gradient buffers. The last leaf stays in the gradient arena unless it merges.
/// </summary>
internal sealed class FoldPlan
{
    /// <summary>The gradient arena, into which backward writes.</summary>
    public const int Leaf = -1;

    private readonly FoldAction[][] _actions;

    private FoldPlan(FoldAction[][] actions, IReadOnlyList<FoldedNode> nodes, int slots)
    {
        _actions = actions;
        Nodes = nodes;
        Slots = slots;
    }

    /// <summary>The finished nodes, in micro-batch order.</summary>
    public IReadOnlyList<FoldedNode> Nodes { get; }

    /// <summary>How many buffers beside the gradient arena are needed.</summary>
    public int Slots { get; }

    /// <summary>What to do once the range's <paramref name="index"/>-th micro-batch (0 is the first) has its gradient.</summary>
    public ReadOnlySpan<FoldAction> After(int index) => _actions[index];

    public static FoldPlan For(MicroBatchRange range, ReductionTree tree)
    {
        var pending = new List<FoldedNode>();
        var free = new Stack<int>();
        var slots = 0;
        var actions = new FoldAction[range.Count][];
        for (var index = 0; index < range.Count; index++)
        {
            var steps = new List<FoldAction>();
            var current = new FoldedNode(TreeNode.Leaf(range.First + index), Leaf);
            while (pending.Count > 0 && tree.TryJoin(pending[^1].Node, current.Node, out var parent))
            {
                var left = pending[^1];
                pending.RemoveAt(pending.Count - 1);
                steps.Add(new FoldAction(left.Slot, current.Slot, Add: true));
                if (current.Slot != Leaf) free.Push(current.Slot);
                current = new FoldedNode(parent, left.Slot);
            }

            // The arena is written again by the next micro-batch, so what is to last moves out of it.
            if (current.Slot == Leaf && index < range.Count - 1)
            {
                var slot = free.Count > 0 ? free.Pop() : slots++;
                steps.Add(new FoldAction(slot, Leaf, Add: false));
                current = current with { Slot = slot };
            }

            pending.Add(current);
            actions[index] = [.. steps];
        }

        return new FoldPlan(actions, pending, slots);
    }
}
