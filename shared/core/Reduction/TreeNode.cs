using System.Numerics;

namespace Inception.Distributed.Reduction;

/// <summary>
/// A node of the reduction tree: the sum over micro-batches <see cref="Start"/> (inclusive) to <see cref="End"/> (exclusive).
/// </summary>
public readonly record struct TreeNode(int Start, int End)
{
    public int Length => End - Start;

    public bool IsLeaf => Length == 1;

    public static TreeNode Leaf(int microBatch) => new(microBatch, microBatch + 1);

    public bool Contains(TreeNode other) => Start <= other.Start && other.End <= End;

    /// <summary>The two children: the left one takes the largest power of two below the length.</summary>
    public (TreeNode Left, TreeNode Right) Split()
    {
        if (Length < 2)
        {
            throw new InvalidOperationException($"{this} has no children.");
        }

        var middle = Start + (1 << BitOperations.Log2((uint)(Length - 1)));
        return (new TreeNode(Start, middle), new TreeNode(middle, End));
    }

    public override string ToString() => $"[{Start}, {End})";
}
