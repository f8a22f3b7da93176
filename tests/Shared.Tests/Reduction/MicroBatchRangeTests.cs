using Inception.Distributed.Reduction;

namespace Inception.Distributed.Tests.Reduction;

public class MicroBatchRangeTests
{
    [Fact]
    public void Of_EveryClusterUpTo32_PartitionsEvenlyInRankOrder()
    {
        for (var microBatches = 1; microBatches <= 32; microBatches++)
        {
            for (var worldSize = 1; worldSize <= microBatches; worldSize++)
            {
                var ranges = Enumerable.Range(0, worldSize).Select(rank => MicroBatchRange.Of(rank, worldSize, microBatches)).ToArray();
                var next = 0;
                foreach (var range in ranges)
                {
                    range.First.ShouldBe(next);
                    next = range.End;
                }

                next.ShouldBe(microBatches);
                ranges.Select(range => range.Count).ShouldBe(ranges.Select(range => range.Count).OrderDescending());
                (ranges[0].Count - ranges[^1].Count).ShouldBeInRange(0, 1);
            }
        }
    }

    [Theory]
    [InlineData(0, 0, 4)]
    [InlineData(0, 5, 4)]
    [InlineData(-1, 2, 4)]
    [InlineData(2, 2, 4)]
    public void Of_NoSuchCluster_Throws(int rank, int worldSize, int microBatches) =>
        Should.Throw<ArgumentOutOfRangeException>(() => MicroBatchRange.Of(rank, worldSize, microBatches));
}
