using Inception.Distributed.Reduction;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Tests.Reduction;

public class TreeSumTests
{
    [Fact]
    public void EveryClusterUpTo32_SumsHaveTheBitsOfTheSingleProcessTree()
    {
        for (var microBatches = 1; microBatches <= 32; microBatches++)
        {
            var random = KeyedRandom.From(Purpose.Order, microBatches);
            var values = Enumerable.Range(0, microBatches).Select(_ => (float)random.NextGaussian() * MathF.Pow(10, random.NextInt(6))).ToArray();
            var expected = RecursiveSum(new TreeNode(0, microBatches), values);
            for (var worldSize = 1; worldSize <= microBatches; worldSize++)
            {
                BitConverter.SingleToInt32Bits(DistributedSum(worldSize, values)).ShouldBe(BitConverter.SingleToInt32Bits(expected));
            }
        }
    }

    [Fact]
    public void EveryClusterUpTo32_IntegerValues_GiveThePlainSum()
    {
        for (var microBatches = 1; microBatches <= 32; microBatches++)
        {
            var random = KeyedRandom.From(Purpose.Order, microBatches);
            var values = Enumerable.Range(0, microBatches).Select(_ => (float)(random.NextInt(200_001) - 100_000)).ToArray();
            for (var worldSize = 1; worldSize <= microBatches; worldSize++)
            {
                DistributedSum(worldSize, values).ShouldBe(values.Sum());
            }
        }
    }

    private static float RecursiveSum(TreeNode node, float[] values)
    {
        if (node.IsLeaf)
        {
            return values[node.Start];
        }

        var (left, right) = node.Split();
        return RecursiveSum(left, values) + RecursiveSum(right, values);
    }

    /// <summary>Each rank joins what it can of its own micro-batches as they come; what is left is combined for all.</summary>
    private static float DistributedSum(int worldSize, float[] values)
    {
        var tree = new ReductionTree(values.Length);
        var sums = values.ToArray();
        foreach (var range in Ranks.Ranges(worldSize, values.Length))
        {
            var held = new Stack<TreeNode>();
            for (var microBatch = range.First; microBatch < range.End; microBatch++)
            {
                var node = TreeNode.Leaf(microBatch);
                while (held.TryPeek(out var left) && tree.TryJoin(left, node, out var parent))
                {
                    held.Pop();
                    sums[left.Start] += sums[node.Start];
                    node = parent;
                }

                held.Push(node);
            }

            held.Reverse().ShouldBe(tree.MaximalNodes(range));
        }

        foreach (var combination in tree.CombineOrder(Ranks.MaximalNodes(tree, worldSize)))
        {
            sums[combination.Left.Start] += sums[combination.Right.Start];
        }

        return sums[0];
    }
}
