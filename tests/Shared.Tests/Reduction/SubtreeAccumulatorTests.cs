using Inception.Distributed.Reduction;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Tests.Reduction;

public class SubtreeAccumulatorTests
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

    [Fact]
    public void Push_FinishesEachMaximalNodeOnce_AndMergesAsEarlyAsCanBe()
    {
        var tree = new ReductionTree(32);
        var range = MicroBatchRange.Of(1, 3, 32);
        var accumulator = new SubtreeAccumulator<List<int>>(tree, range, (left, right) => left.AddRange(right));
        var finished = new List<TreeNode>();
        var largestHeld = 0;
        for (var microBatch = range.First; microBatch < range.End; microBatch++)
        {
            accumulator.IsComplete.ShouldBeFalse();
            if (accumulator.Push(microBatch, [microBatch], out var subtree))
            {
                finished.Add(subtree.Node);
                subtree.Value.ShouldBe(Enumerable.Range(subtree.Node.Start, subtree.Node.Length));
            }

            accumulator.Held.SelectMany(held => held.Value).ShouldBe(Enumerable.Range(range.First, microBatch + 1 - range.First));
            accumulator.Held.Count.ShouldBe(tree.MaximalNodes(new MicroBatchRange(range.First, microBatch + 1 - range.First)).Count);
            largestHeld = Math.Max(largestHeld, accumulator.Held.Count);
        }

        accumulator.IsComplete.ShouldBeTrue();
        finished.ShouldBe(tree.MaximalNodes(range));
        accumulator.Held.Select(held => held.Node).ShouldBe(finished);
        largestHeld.ShouldBeLessThanOrEqualTo(5);
    }

    [Fact]
    public void Push_OutOfOrder_Throws()
    {
        var accumulator = new SubtreeAccumulator<int[]>(new ReductionTree(6), new MicroBatchRange(2, 2), (left, right) => left[0] += right[0]);
        Should.Throw<InvalidOperationException>(() => accumulator.Push(3, [1], out _));
        accumulator.Push(2, [1], out _);
        accumulator.Push(3, [1], out _);
        Should.Throw<InvalidOperationException>(() => accumulator.Push(4, [1], out _));
    }

    [Fact]
    public void Reset_BeginsTheNextStep()
    {
        var accumulator = new SubtreeAccumulator<int[]>(new ReductionTree(6), new MicroBatchRange(0, 6), (left, right) => left[0] += right[0]);
        for (var step = 0; step < 2; step++)
        {
            for (var microBatch = 0; microBatch < 6; microBatch++)
            {
                accumulator.Push(microBatch, [1], out _);
            }

            accumulator.Held.ShouldHaveSingleItem().Value[0].ShouldBe(6);
            accumulator.Reset();
            accumulator.Held.ShouldBeEmpty();
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

    private static float DistributedSum(int worldSize, float[] values)
    {
        var tree = new ReductionTree(values.Length);
        var sums = new Dictionary<int, float[]>();
        foreach (var range in Ranks.Ranges(worldSize, values.Length))
        {
            var accumulator = new SubtreeAccumulator<float[]>(tree, range, (left, right) => left[0] += right[0]);
            for (var microBatch = range.First; microBatch < range.End; microBatch++)
            {
                accumulator.Push(microBatch, [values[microBatch]], out _);
            }

            foreach (var subtree in accumulator.Held)
            {
                sums.Add(subtree.Node.Start, subtree.Value);
            }
        }

        foreach (var combination in tree.CombineOrder(Ranks.MaximalNodes(tree, worldSize)))
        {
            sums[combination.Left.Start][0] += sums[combination.Right.Start][0];
        }

        return sums[0][0];
    }
}
