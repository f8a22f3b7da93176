using Inception.Distributed.Reduction;
using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Collectives;

namespace Inception.Distributed.Worker.Tests.Collectives;

/// <summary>A step that a broken generation left unfinished comes to the undisturbed step's sum, whatever was kept and by whom.</summary>
public class StepPlanTests
{
    public static TheoryData<int> MicroBatchCounts => new(Enumerable.Range(1, 8));

    [Theory, MemberData(nameof(MicroBatchCounts))]
    public void Completing_EverySetOfKeptNodesAndEveryNumberOfRanks_GivesTheUndisturbedSum(int microBatches)
    {
        var tree = new ReductionTree(microBatches);
        var leaves = Enumerable.Range(0, microBatches)
            .Select(index => (float)((KeyedRandom.From(Purpose.SyntheticData, index).NextDouble() - 0.5) * Math.Pow(10, index))).ToArray();
        var expected = Sum(tree.Root, leaves);
        var draw = KeyedRandom.From(Purpose.SyntheticData, microBatches);
        foreach (var nodes in SetsWithin(tree.Root))
        {
            for (var ranks = 1; ranks <= microBatches; ranks++)
            {
                var held = Enumerable.Range(0, ranks).Select(_ => new List<TreeNode>()).ToArray();
                foreach (var node in nodes)
                {
                    // No rank ever holds two siblings.
                    var rank = draw.NextInt(ranks);
                    for (var tries = 0; tries < ranks && held[rank].Any(other => AreSiblings(tree, other, node)); tries++) rank = (rank + 1) % ranks;
                    if (!held[rank].Any(other => AreSiblings(tree, other, node))) held[rank].Add(node);
                }

                var plan = StepPlan.Completing(tree, held);
                plan.KeptMicroBatches.ShouldBe(held.Sum(list => list.Sum(node => node.Length)));
                Compute(plan, tree, leaves).ShouldBe(expected, $"{ranks} ranks hold {string.Join("; ", held.Select(list => string.Join(' ', list)))}");
            }
        }
    }

    [Fact]
    public void Completing_WhatIsMissing_IsDealtOutEvenly()
    {
        var plan = StepPlan.Completing(new ReductionTree(8), [[new TreeNode(0, 2)], [], [new TreeNode(6, 7)]]);
        plan.Shares.Select(share => share.MicroBatches.Count).ShouldBe([1, 2, 2]);
        plan.Shares.SelectMany(share => share.All).Order().ShouldBe(Enumerable.Range(0, 8));
    }

    [Fact]
    public void Completing_NodesThatOverlap_KeepsTheLargestAndOfEqualOnesTheLowestRanks()
    {
        var plan = StepPlan.Completing(new ReductionTree(8), [[new TreeNode(0, 1), new TreeNode(4, 6)], [new TreeNode(0, 2), new TreeNode(4, 6)]]);
        plan.Shares[0].Kept.ShouldBe([new TreeNode(4, 6)]);
        plan.Shares[1].Kept.ShouldBe([new TreeNode(0, 2)]);
    }

    [Fact]
    public void Of_Ranges_IsWhatEachRankHosts()
    {
        var plan = StepPlan.Of([new MicroBatchRange(0, 3), new MicroBatchRange(3, 2)]);
        plan.KeptMicroBatches.ShouldBe(0);
        plan.Shares.Select(share => share.MicroBatches).ShouldBe([[0, 1, 2], [3, 4]]);
    }

    /// <summary>All sets of nodes that do not overlap.</summary>
    private static IEnumerable<TreeNode[]> SetsWithin(TreeNode node)
    {
        yield return [node];
        if (node.IsLeaf)
        {
            yield return [];
            yield break;
        }

        var (left, right) = node.Split();
        foreach (var first in SetsWithin(left))
        {
            foreach (var second in SetsWithin(right)) yield return [.. first, .. second];
        }
    }

    private static bool AreSiblings(ReductionTree tree, TreeNode one, TreeNode other) => one.Start < other.Start
        ? tree.TryJoin(one, other, out _)
        : tree.TryJoin(other, one, out _);

    /// <summary>Each rank's fold on one number, then the combination over the ranks.</summary>
    private static float Compute(StepPlan plan, ReductionTree tree, float[] leaves)
    {
        var sums = new Dictionary<TreeNode, float>();
        foreach (var share in plan.Shares)
        {
            var fold = FoldPlan.For(share, tree);
            var slots = new float[fold.Slots];
            var leaf = 0f;
            for (var index = 0; index < share.Kept.Count; index++) slots[index] = Sum(share.Kept[index], leaves);
            for (var index = 0; index < share.MicroBatches.Count; index++)
            {
                leaf = leaves[share.MicroBatches[index]];
                foreach (var (destination, source, add) in fold.After(index).ToArray())
                {
                    var value = source == FoldPlan.Leaf ? leaf : slots[source];
                    slots[destination] = add ? slots[destination] + value : value;
                }

                // What is whole after each micro-batch is what a survivor may keep.
                foreach (var (node, slot) in fold.NodesAfter(index + 1))
                    (slot == FoldPlan.Leaf ? leaf : slots[slot]).ShouldBe(Sum(node, leaves));
            }

            foreach (var (node, slot) in fold.Nodes) sums.Add(node, slot == FoldPlan.Leaf ? leaf : slots[slot]);
        }

        foreach (var (left, right) in tree.CombineOrder([.. sums.Keys])) sums[new TreeNode(left.Start, right.End)] = sums[left] + sums[right];
        return sums[tree.Root];
    }

    private static float Sum(TreeNode node, float[] leaves)
    {
        if (node.IsLeaf) return leaves[node.Start];
        var (left, right) = node.Split();
        return Sum(left, leaves) + Sum(right, leaves);
    }
}
