using Inception.Distributed.Reduction;

namespace Inception.Distributed.Tests.Reduction;

public class ReductionTreeTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(5, 4)]
    [InlineData(6, 4)]
    [InlineData(8, 4)]
    [InlineData(9, 8)]
    [InlineData(32, 16)]
    [InlineData(33, 32)]
    public void Split_LeftTakesTheLargestPowerOfTwoBelowTheLength(int length, int left)
    {
        new TreeNode(10, 10 + length).Split().ShouldBe((new TreeNode(10, 10 + left), new TreeNode(10 + left, 10 + length)));
    }

    [Fact]
    public void Split_Leaf_Throws() => Should.Throw<InvalidOperationException>(() => TreeNode.Leaf(3).Split());

    [Fact]
    public void MaximalNodes_EveryRangeUpTo32_AreTheFewestNodesThatCoverIt()
    {
        for (var microBatches = 1; microBatches <= 32; microBatches++)
        {
            var tree = new ReductionTree(microBatches);
            var all = AllNodes(tree.Root).ToHashSet();
            for (var first = 0; first < microBatches; first++)
            {
                for (var count = 1; count <= microBatches - first; count++)
                {
                    var nodes = tree.MaximalNodes(new MicroBatchRange(first, count));
                    nodes.SelectMany(MicroBatchesOf).ShouldBe(Enumerable.Range(first, count));
                    nodes.ShouldBeSubsetOf(all);
                    nodes.Count.ShouldBe(FewestNodes(all, first, first + count));
                }
            }
        }
    }

    [Fact]
    public void MaximalNodes_Example()
    {
        new ReductionTree(32).MaximalNodes(MicroBatchRange.Of(1, 3, 32)).ShouldBe([new(11, 12), new(12, 16), new(16, 20), new(20, 22)]);
        new ReductionTree(6).MaximalNodes(new MicroBatchRange(2, 4)).ShouldBe([new(2, 4), new(4, 6)]);
    }

    [Fact]
    public void MaximalNodes_OutsideTheTree_Throws()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new ReductionTree(4).MaximalNodes(new MicroBatchRange(3, 2)));
        Should.Throw<ArgumentOutOfRangeException>(() => new ReductionTree(4).MaximalNodes(new MicroBatchRange(-1, 2)));
    }

    [Fact]
    public void TryJoin_ExactlyTheChildrenOfOneNode()
    {
        for (var microBatches = 1; microBatches <= 32; microBatches++)
        {
            var tree = new ReductionTree(microBatches);
            var parents = AllNodes(tree.Root).Where(node => !node.IsLeaf).ToDictionary(node => node.Split());
            for (var start = 0; start < microBatches; start++)
            {
                for (var middle = start + 1; middle < microBatches; middle++)
                {
                    for (var end = middle + 1; end <= microBatches; end++)
                    {
                        var (left, right) = (new TreeNode(start, middle), new TreeNode(middle, end));
                        tree.TryJoin(left, right, out var parent).ShouldBe(parents.TryGetValue((left, right), out var expected));
                        if (expected != default)
                        {
                            parent.ShouldBe(expected);
                        }
                    }
                }
            }
        }
    }

    [Fact]
    public void CombineOrder_AnyPartition_EndsInTheRootAndOnlyJoinsSiblings()
    {
        for (var microBatches = 1; microBatches <= 32; microBatches++)
        {
            var tree = new ReductionTree(microBatches);
            for (var worldSize = 1; worldSize <= microBatches; worldSize++)
            {
                var held = Ranks.MaximalNodes(tree, worldSize).ToHashSet();
                foreach (var combination in tree.CombineOrder(held.OrderBy(node => node.Start)))
                {
                    held.Remove(combination.Left).ShouldBeTrue();
                    held.Remove(combination.Right).ShouldBeTrue();
                    combination.Parent.Split().ShouldBe((combination.Left, combination.Right));
                    held.Add(combination.Parent);
                }

                held.ShouldBe([tree.Root]);
            }
        }
    }

    [Fact]
    public void CombineOrder_OrderOfTheNodesGiven_DoesNotMatter()
    {
        var tree = new ReductionTree(13);
        var nodes = Ranks.MaximalNodes(tree, 5).ToArray();
        tree.CombineOrder(nodes.Reverse()).ShouldBe(tree.CombineOrder(nodes));
    }

    public static TheoryData<TreeNode[]> NoPartitions { get; } = new(
        [],
        [new(0, 4)],
        [new(0, 4), new(4, 6), new(4, 6)],
        [new(0, 4), new(4, 6), new(4, 5)],
        [new(0, 3), new(3, 6)],
        [new(0, 6), new(6, 8)]);

    [Theory]
    [MemberData(nameof(NoPartitions))]
    public void CombineOrder_NoPartition_Throws(TreeNode[] nodes) =>
        Should.Throw<ArgumentException>(() => new ReductionTree(6).CombineOrder(nodes));

    private static IEnumerable<int> MicroBatchesOf(TreeNode node) => Enumerable.Range(node.Start, node.Length);

    private static IEnumerable<TreeNode> AllNodes(TreeNode node)
    {
        if (node.IsLeaf)
        {
            return [node];
        }

        var (left, right) = node.Split();
        return AllNodes(left).Concat(AllNodes(right)).Append(node);
    }

    private static int FewestNodes(HashSet<TreeNode> all, int start, int end)
    {
        var fewest = new int[end + 1];
        for (var position = start + 1; position <= end; position++)
        {
            fewest[position] = all.Where(node => node.End == position && node.Start >= start).Min(node => fewest[node.Start]) + 1;
        }

        return fewest[end];
    }
}
