using Inception.Distributed.Reduction;

namespace Inception.Distributed.Tests.Reduction;

internal static class Ranks
{
    public static IEnumerable<MicroBatchRange> Ranges(int worldSize, int microBatches) =>
        Enumerable.Range(0, worldSize).Select(rank => MicroBatchRange.Of(rank, worldSize, microBatches));

    public static IEnumerable<TreeNode> MaximalNodes(ReductionTree tree, int worldSize) =>
        Ranges(worldSize, tree.Root.Length).SelectMany(tree.MaximalNodes);
}
