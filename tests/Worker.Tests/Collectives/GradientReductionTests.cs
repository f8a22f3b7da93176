using Inception.Distributed.Jobs;
using Inception.Distributed.Reduction;
using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Collectives;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Tests.Collectives;

public class GradientReductionTests
{
    // Primes, so that no bucket, segment or tensor border coincides with another.
    private static readonly long[] TensorLengths = [101, 7, 1009, 13, 499];
    private static readonly int Length = (int)TensorLengths.Sum();

    public static TheoryData<int> MicroBatchCounts => new(Enumerable.Range(1, 16));

    [Theory, MemberData(nameof(MicroBatchCounts))]
    public void Reduction_ForEveryNumberOfRanks_EqualsTheSingleProcessTreeBitForBit(int microBatches)
    {
        var leaves = Leaves(microBatches, (random, _) => (float)((random.NextDouble() - 0.5) * Math.Exp(10 * random.NextDouble())));
        var expected = SumOf(new TreeNode(0, microBatches), leaves);
        for (var ranks = 1; ranks <= microBatches; ranks++)
        {
            foreach (var sums in RankThreads.Run(ranks, microBatches, group => Reduce(group, leaves, bucketElements: 600)))
                sums.ShouldBe(expected, $"{ranks} of {microBatches}");
        }
    }

    [Theory]
    [InlineData(1), InlineData(500), InlineData(100_000)]
    public void Reduction_WithAnyBucketSize_GivesTheSameBits(long bucketElements)
    {
        var leaves = Leaves(7, (random, _) => (float)(random.NextDouble() - 0.5));
        var expected = SumOf(new TreeNode(0, 7), leaves);
        foreach (var sums in RankThreads.Run(3, 7, group => Reduce(group, leaves, bucketElements))) sums.ShouldBe(expected);
    }

    [Fact]
    public void Reduction_OfIntegers_EqualsThePlainSum()
    {
        var leaves = Leaves(11, (random, _) => random.NextInt(2001) - 1000);
        var expected = Enumerable.Range(0, Length).Select(element => leaves.Sum(leaf => leaf[element])).ToArray();
        foreach (var sums in RankThreads.Run(4, 11, group => Reduce(group, leaves, 600))) sums.ShouldBe(expected);
        foreach (var sums in RankThreads.Run(4, 11, group => Reduce(group, leaves, 600, ReductionKind.Fast))) sums.ShouldBe(expected);
    }

    [Fact]
    public void Records_OfAllRanks_ArriveInMicroBatchOrder_AndOneRanksWishesReachAll()
    {
        var agreed = RankThreads.Run(3, 7, group =>
        {
            using var records = new StepRecords(group, StepPlan.Of(group.Ranges), 7);
            for (var index = group.Range.First; index < group.Range.End; index++) records.All[index] = new MicroBatchRecord(index, 10 + index, 20 + index);
            records.Wishes = group.Rank switch { 1 => StepWishes.Stop, 2 => StepWishes.Yield, _ => StepWishes.None };
            records.Start(5);
            records.Finish(5);
            records.All.ShouldBe(Enumerable.Range(0, 7).Select(index => new MicroBatchRecord(index, 10 + index, 20 + index)));
            return records.Wishes;
        });
        agreed.ShouldAllBe(wishes => wishes == (StepWishes.Stop | StepWishes.Yield));
    }

    [Fact]
    public void Records_OfAnotherStep_AreRefused()
    {
        var failure = Should.Throw<AggregateException>(() => RankThreads.Run(2, 2, group =>
        {
            using var records = new StepRecords(group, StepPlan.Of(group.Ranges), 2);
            records.Start(group.Rank);
            records.Finish(group.Rank);
            return 0;
        }));
        failure.InnerExceptions.ShouldAllBe(exception => exception is ProtocolViolationException);
        failure.InnerExceptions[0].Message.ShouldContain("Step = ");
    }

    [Theory, Trait("Category", "Long")]
    [InlineData(4), InlineData(7), InlineData(8)]
    public void AStepThatALargerBrokenGroupBegan_IsCompletedByAnother(int microBatches) =>
        AStepThatABrokenGroupBegan_IsCompletedByAnother_WithTheSameBitsAndRecords(microBatches);

    [Theory, MemberData(nameof(BrokenGroups))]
    public void AStepThatABrokenGroupBegan_IsCompletedByAnother_WithTheSameBitsAndRecords(int microBatches)
    {
        var leaves = Leaves(microBatches, (random, _) => (float)((random.NextDouble() - 0.5) * Math.Exp(10 * random.NextDouble())));
        var expected = SumOf(new TreeNode(0, microBatches), leaves);
        var tree = new ReductionTree(microBatches);
        var draw = KeyedRandom.From(Purpose.SyntheticData, microBatches, 1);
        for (var before = 1; before <= microBatches; before++)
        {
            for (var after = 1; after <= microBatches; after++)
            {
                // Each rank has got to another micro-batch; the last one is lost with what it had, or all but the first where fewer go on.
                var holdings = RankThreads.Run(before, microBatches, group => BreakOff(group, leaves, draw.NextInt(group.Range.Count + 1)), atOnce: false);
                var survivors = holdings.Take(Math.Max(1, before - 1)).Take(after).ToArray();
                TreeNode[][] held = [.. Enumerable.Range(0, after).Select(rank => rank < survivors.Length ? survivors[rank].Nodes.Select(node => node.Node).ToArray() : [])];
                var plan = StepPlan.Completing(tree, held);
                var results = RankThreads.Run(after, microBatches, group =>
                    Complete(group, plan, leaves, group.Rank < survivors.Length ? survivors[group.Rank].Keep(plan.Shares[group.Rank].Kept) : null));
                foreach (var (sums, records) in results)
                {
                    sums.ShouldBe(expected, $"{before} ranks, then {after}, of {microBatches}");
                    records.ShouldBe(Enumerable.Range(0, microBatches).Select(Record));
                }
            }
        }
    }

    public static TheoryData<int> BrokenGroups => [1, 2, 3, 5, 6];

    private static MicroBatchRecord Record(int microBatch) => new(microBatch, 10 + microBatch, 20 + microBatch);

    /// <summary>Folds so many micro-batches of a step that the other ranks do not complete.</summary>
    private static StepHoldings BreakOff(WorkerGroup group, float[][] leaves, int count)
    {
        using var leaf = zeros([Length], float32);
        var buckets = new BucketPlan(TensorLengths, 600);
        using var reduction = new GradientReduction(group, StepPlan.Of(group.Ranges), buckets, leaf, RankThreads.Job(leaves.Length), []);
        reduction.BeginStep(3, StepWishes.None);
        for (var index = 0; index < count; index++) Fold(reduction, leaf, leaves, group.Range.First + index, index, isLast: index == group.Range.Count - 1);
        var nodes = reduction.Abandon(count);
        return new StepHoldings(3, nodes, nodes.SelectMany(held => Enumerable.Range(held.Node.Start, held.Node.Length))
            .ToDictionary(microBatch => microBatch, microBatch => new HeldMicroBatch(reduction.Records.All[microBatch], [])));
    }

    private static (float[] Sums, MicroBatchRecord[] Records) Complete(WorkerGroup group, StepPlan plan, float[][] leaves, StepHoldings? kept)
    {
        using var leaf = zeros([Length], float32);
        using var reduction = new GradientReduction(
            group, plan, new BucketPlan(TensorLengths, 500), leaf, RankThreads.Job(leaves.Length), [.. kept?.Nodes.Select(held => held.Sums) ?? []]);
        var share = plan.Shares[group.Rank];
        foreach (var microBatch in share.Kept.SelectMany(node => Enumerable.Range(node.Start, node.Length))) reduction.Records.All[microBatch] = kept![microBatch].Record;
        reduction.BeginStep(3, StepWishes.None);
        for (var index = 0; index < share.MicroBatches.Count; index++) Fold(reduction, leaf, leaves, share.MicroBatches[index], index, isLast: index == share.MicroBatches.Count - 1);
        var sums = reduction.CompleteStep(3).data<float>().ToArray();
        return (sums, [.. reduction.Records.All]);
    }

    private static void Fold(GradientReduction reduction, Tensor leaf, float[][] leaves, int microBatch, int index, bool isLast)
    {
        using var scope = NewDisposeScope();
        reduction.BeginMicroBatch(index);
        leaf.copy_(tensor(leaves[microBatch]));
        reduction.Records.All[microBatch] = Record(microBatch);
        if (isLast) reduction.RecordsReady();
        reduction.EndMicroBatch();
    }

    /// <summary>Two steps, so that what the first one leaves in the buffers shows in the second.</summary>
    private static float[] Reduce(WorkerGroup group, float[][] leaves, long bucketElements, ReductionKind kind = ReductionKind.Deterministic)
    {
        using var leaf = zeros([Length], float32);
        using var reduction = new GradientReduction(
            group, StepPlan.Of(group.Ranges), new BucketPlan(TensorLengths, bucketElements), leaf, RankThreads.Job(leaves.Length, kind), []);
        Tensor? sums = null;
        for (var step = 0; step < 2; step++)
        {
            reduction.BeginStep(step, StepWishes.None);
            for (var index = 0; index < group.Range.Count; index++)
                Fold(reduction, leaf, leaves, group.Range.First + index, index, isLast: index == group.Range.Count - 1);
            sums = reduction.CompleteStep(step);
        }

        return sums!.data<float>().ToArray();
    }

    private static float[][] Leaves(int count, Func<KeyedRandom, int, float> draw) =>
        [.. Enumerable.Range(0, count).Select(leaf => Enumerable.Range(0, Length)
            .Select(element => draw(KeyedRandom.From(Purpose.SyntheticData, leaf, element), element)).ToArray())];

    /// <summary>The tree's definition, by recursion.</summary>
    private static float[] SumOf(TreeNode node, float[][] leaves)
    {
        if (node.IsLeaf) return leaves[node.Start];
        var (left, right) = node.Split();
        return [.. SumOf(left, leaves).Zip(SumOf(right, leaves), (a, b) => a + b)];
    }
}
