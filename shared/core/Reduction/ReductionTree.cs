namespace Inception.Distributed.Reduction;

/// <summary>
/// One addition of the tree: the sum held for <see cref="Left"/> becomes the one of <see cref="Parent"/> by adding that of
/// <see cref="Right"/>.
/// </summary>
public readonly record struct Combination(TreeNode Left, TreeNode Right)
{
    public TreeNode Parent => new(Left.Start, Right.End);
}

/// <summary>
/// The fixed order in which the micro-batches' values are added. It depends on the number of micro-batches alone, so
/// floating-point sums come out the same, bit for bit, however micro-batches are spread over workers.
/// </summary>
public sealed class ReductionTree
{
    public ReductionTree(int microBatches)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(microBatches);
        Root = new TreeNode(0, microBatches);
    }

    public TreeNode Root { get; }

    /// <summary>The fewest whole nodes of the tree that cover a range, in ascending order: what a rank adds up by itself.</summary>
    public IReadOnlyList<TreeNode> MaximalNodes(MicroBatchRange range)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(range.First, nameof(range));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(range.End, Root.End, nameof(range));
        var nodes = new List<TreeNode>();
        Cover(Root, new TreeNode(range.First, range.End), nodes);
        return nodes;
    }

    /// <summary>
    /// The additions that turn <paramref name="nodes"/>, which together cover every micro-batch once, into the root. A node's sum
    /// lives where its leftmost part's did: with buffers indexed by the start of a node, each step is
    /// <c>buffer[Left.Start] += buffer[Right.Start]</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The nodes are no partition of the tree into whole nodes.</exception>
    public IReadOnlyList<Combination> CombineOrder(IEnumerable<TreeNode> nodes)
    {
        var given = nodes.ToList();
        var order = new List<Combination>(given.Count);
        var used = 0;
        Combine(Root);
        return used == given.Count ? order : throw NoPartition();

        void Combine(TreeNode node)
        {
            if (given.Contains(node))
            {
                used++;
                return;
            }

            if (node.IsLeaf)
            {
                throw NoPartition();
            }

            var (left, right) = node.Split();
            Combine(left);
            Combine(right);
            order.Add(new Combination(left, right));
        }

        ArgumentException NoPartition() =>
            new($"{string.Join(", ", given)} do not partition {Root} into nodes of its tree.", nameof(nodes));
    }

    /// <summary>The node whose children these two are, if there is one.</summary>
    public bool TryJoin(TreeNode left, TreeNode right, out TreeNode parent)
    {
        parent = Root;
        var joined = new TreeNode(left.Start, right.End);
        while (parent != joined)
        {
            if (parent.IsLeaf || !parent.Contains(joined))
            {
                return false;
            }

            var (lower, upper) = parent.Split();
            parent = joined.Start < upper.Start ? lower : upper;
        }

        return !parent.IsLeaf && parent.Split() == (left, right);
    }

    private static void Cover(TreeNode node, TreeNode range, List<TreeNode> nodes)
    {
        if (range.Contains(node))
        {
            nodes.Add(node);
        }
        else if (node.Start < range.End && range.Start < node.End)
        {
            var (left, right) = node.Split();
            Cover(left, range, nodes);
            Cover(right, range, nodes);
        }
    }
}
