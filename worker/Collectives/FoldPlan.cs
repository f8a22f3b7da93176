using Inception.Distributed.Reduction;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>One step of a fold: add a slot into another, or keep the leaf in a slot of its own.</summary>
/// <param name="Destination">Slot that receives.</param>
/// <param name="Source">Slot that is read; <see cref="FoldPlan.Leaf"/> is the gradient arena itself.</param>
/// <param name="Add">True: destination += source. False: destination = source.</param>
internal readonly record struct FoldAction(int Destination, int Source, bool Add);

/// <summary>Where a finished subtree's sum lies.</summary>
internal readonly record struct FoldedNode(TreeNode Node, int Slot);

/// <summary>
/// What a worker does after each of its micro-batches so that it holds the sums of the fewest whole tree nodes: a binary counter over
/// gradient buffers, which finds siblings on either side, since a step may begin with nodes kept from an earlier generation. The last
/// leaf stays in the gradient arena unless it merges.
/// </summary>
internal sealed class FoldPlan
{
    /// <summary>The gradient arena, into which backward writes.</summary>
    public const int Leaf = -1;

    private readonly FoldAction[][] _actions;
    private readonly FoldedNode[][] _nodes;

    private FoldPlan(FoldAction[][] actions, FoldedNode[][] nodes, int slots)
    {
        _actions = actions;
        _nodes = nodes;
        Slots = slots;
    }

    /// <summary>The nodes at the end, in micro-batch order.</summary>
    public IReadOnlyList<FoldedNode> Nodes => _nodes[^1];

    /// <summary>How many buffers beside the gradient arena are needed; the first ones are those of the kept nodes, in their order.</summary>
    public int Slots { get; }

    /// <summary>What to do once the share's <paramref name="index"/>-th micro-batch (0 is the first) has its gradient.</summary>
    public ReadOnlySpan<FoldAction> After(int index) => _actions[index];

    /// <summary>The nodes that are whole when so many of the share's micro-batches are folded, in micro-batch order.</summary>
    public IReadOnlyList<FoldedNode> NodesAfter(int count) => _nodes[count];

    public static FoldPlan For(StepShare share, ReductionTree tree)
    {
        var pending = share.Kept.Select((node, slot) => new FoldedNode(node, slot)).ToList();
        var free = new Stack<int>();
        var (slots, count) = (pending.Count, share.MicroBatches.Count);
        var actions = new FoldAction[count][];
        var nodes = new FoldedNode[count + 1][];
        nodes[0] = [.. pending];
        for (var index = 0; index < count; index++)
        {
            var steps = new List<FoldAction>();
            var current = new FoldedNode(TreeNode.Leaf(share.MicroBatches[index]), Leaf);
            while (FindSibling(pending, current.Node, tree, out var parent) is { } sibling)
            {
                pending.Remove(sibling);
                steps.Add(new FoldAction(sibling.Slot, current.Slot, Add: true));
                if (current.Slot != Leaf) free.Push(current.Slot);
                current = new FoldedNode(parent, sibling.Slot);
            }

            // The arena is written again by the next micro-batch, so what is to last moves out of it.
            if (current.Slot == Leaf && index < count - 1)
            {
                var slot = free.Count > 0 ? free.Pop() : slots++;
                steps.Add(new FoldAction(slot, Leaf, Add: false));
                current = current with { Slot = slot };
            }

            pending.Insert(pending.FindLastIndex(other => other.Node.Start < current.Node.Start) + 1, current);
            actions[index] = [.. steps];
            nodes[index + 1] = [.. pending];
        }

        return new FoldPlan(actions, nodes, slots);
    }

    private static FoldedNode? FindSibling(List<FoldedNode> pending, TreeNode node, ReductionTree tree, out TreeNode parent)
    {
        foreach (var candidate in pending)
        {
            var (left, right) = candidate.Node.Start < node.Start ? (candidate.Node, node) : (node, candidate.Node);
            if (left.End == right.Start && tree.TryJoin(left, right, out parent)) return candidate;
        }

        parent = default;
        return null;
    }
}
