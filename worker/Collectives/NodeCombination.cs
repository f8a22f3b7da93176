using Inception.Distributed.Reduction;
using Inception.Distributed.Torch;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>A tree node's sum: a slice of a tensor, and whether it may be overwritten.</summary>
internal readonly record struct NodeSum(Tensor Tensor, long Offset, bool Writable);

/// <summary>
/// Adds all ranks' node sums in tree order. Addition commutes bit for bit, so a sum may be added into either child's
/// buffer; which additions are made, and nothing else, decides the bits.
/// </summary>
internal sealed class NodeCombination
{
    private readonly IReadOnlyList<Combination> _order;
    private readonly List<(int Start, int Rank, int Index)> _owners = [];

    /// <param name="nodesOfRanks">Each rank's tree nodes.</param>
    public NodeCombination(ReductionTree tree, IReadOnlyList<IReadOnlyList<TreeNode>> nodesOfRanks)
    {
        for (var rank = 0; rank < nodesOfRanks.Count; rank++)
            _owners.AddRange(nodesOfRanks[rank].Select((node, index) => (node.Start, rank, index)));
        _order = tree.CombineOrder(nodesOfRanks.SelectMany(nodes => nodes));
    }

    /// <param name="locate">Where the sum of a rank's node lies, by rank and the node's index.</param>
    /// <param name="length">Elements of each sum.</param>
    /// <returns>The sum over all micro-batches, in one of the writable buffers.</returns>
    public NodeSum Run(Func<int, int, NodeSum> locate, long length)
    {
        var sums = _owners.ToDictionary(owner => owner.Start, owner => locate(owner.Rank, owner.Index));
        foreach (var (left, right) in _order)
        {
            var (target, source) = (sums[left.Start], sums[right.Start]);
            if (!target.Writable) (target, source) = (source, target);

            // A rank's own sums are kept as they are; two of them are never siblings, or they would be one node.
            if (!target.Writable) throw new InvalidOperationException($"{left} and {right} belong to one rank");
            FixedOrderSum.Add(target.Tensor, target.Offset, source.Tensor, source.Offset, length);
            sums[left.Start] = target;
        }

        return sums[0];
    }
}
