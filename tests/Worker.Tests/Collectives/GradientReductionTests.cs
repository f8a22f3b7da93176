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
    public void Records_OfAllRanks_ArriveInMicroBatchOrder_AndOneWishToStopReachesAll()
    {
        var stops = RankThreads.Run(3, 7, group =>
        {
            using var records = new StepRecords(group, 7);
            for (var index = group.Range.First; index < group.Range.End; index++) records.All[index] = new MicroBatchRecord(index, 10 + index, 20 + index);
            records.Stop = group.Rank == 1;
            records.Start(5);
            records.Finish(5);
            records.All.ShouldBe(Enumerable.Range(0, 7).Select(index => new MicroBatchRecord(index, 10 + index, 20 + index)));
            return records.Stop;
        });
        stops.ShouldAllBe(stop => stop);
    }

    [Fact]
    public void Records_OfAnotherStep_AreRefused()
    {
        var failure = Should.Throw<AggregateException>(() => RankThreads.Run(2, 2, group =>
        {
            using var records = new StepRecords(group, 2);
            records.Start(group.Rank);
            records.Finish(group.Rank);
            return 0;
        }));
        failure.InnerExceptions.ShouldAllBe(exception => exception is ProtocolViolationException);
        failure.InnerExceptions[0].Message.ShouldContain("Step = ");
    }

    /// <summary>Two steps, so that what the first one leaves in the buffers shows in the second.</summary>
    private static float[] Reduce(WorkerGroup group, float[][] leaves, long bucketElements, ReductionKind kind = ReductionKind.Deterministic)
    {
        using var leaf = zeros([Length], float32);
        using var reduction = new GradientReduction(group, new BucketPlan(TensorLengths, bucketElements), leaf, RankThreads.Job(leaves.Length, kind));
        Tensor? sums = null;
        for (var step = 0; step < 2; step++)
        {
            reduction.BeginStep(step);
            for (var index = 0; index < group.Range.Count; index++)
            {
                using var scope = NewDisposeScope();
                reduction.BeginMicroBatch(index);
                leaf.copy_(tensor(leaves[group.Range.First + index]));
                if (index == group.Range.Count - 1) reduction.RecordsReady();
                reduction.EndMicroBatch();
            }

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
