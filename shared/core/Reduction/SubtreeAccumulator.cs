namespace Inception.Distributed.Reduction;

/// <summary>A finished sum and the micro-batches that it covers.</summary>
public readonly record struct Subtree<T>(TreeNode Node, T Value);

/// <summary>
/// Adds up one rank's micro-batches as they finish, in ascending order, like a binary counter: two sums merge exactly
/// when they are the children of one node of the tree. At most ⌈log₂ R⌉ + 1 values are held at a time for a range that starts
/// at a node as long as itself, and at most twice as many for any range. Not thread-safe.
/// </summary>
/// <typeparam name="T">Whatever holds a sum, e.g. a gradient buffer.</typeparam>
/// <param name="add">Adds the second value into the first. The second is not used again: recycle it here.</param>
public sealed class SubtreeAccumulator<T>(ReductionTree tree, MicroBatchRange range, Action<T, T> add)
{
    private readonly List<Subtree<T>> _held = [];
    private readonly IReadOnlyList<TreeNode> _maximalNodes = tree.MaximalNodes(range);
    private int _next = range.First;

    /// <summary>All sums held, in ascending order. Once <see cref="IsComplete"/>, these are the rank's maximal nodes.</summary>
    public IReadOnlyList<Subtree<T>> Held => _held;

    public bool IsComplete => _next == range.End;

    /// <summary>Takes the value of the next micro-batch and merges what is then complete.</summary>
    /// <param name="finished">The maximal node that this micro-batch has completed, ready to be sent.</param>
    /// <returns>Whether it has completed one.</returns>
    public bool Push(int microBatch, T value, out Subtree<T> finished)
    {
        if (IsComplete || microBatch != _next)
        {
            throw new InvalidOperationException(
                IsComplete ? $"{range} is complete; micro-batch {microBatch} is not expected." : $"Micro-batch {_next} is next, not {microBatch}.");
        }

        _next++;
        var subtree = new Subtree<T>(TreeNode.Leaf(microBatch), value);
        while (_held.Count > 0 && tree.TryJoin(_held[^1].Node, subtree.Node, out var parent))
        {
            var left = _held[^1].Value;
            _held.RemoveAt(_held.Count - 1);
            add(left, subtree.Value);
            subtree = new Subtree<T>(parent, left);
        }

        _held.Add(subtree);
        finished = subtree;
        return _maximalNodes.Contains(subtree.Node);
    }

    /// <summary>Begins the next step: forgets all sums.</summary>
    public void Reset()
    {
        _held.Clear();
        _next = range.First;
    }
}
