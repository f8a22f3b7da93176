using Inception.Distributed.Reduction;

namespace Inception.Distributed.Tests.Reduction;

public class BucketPlanTests
{
    private static readonly long[] TensorLengths = [10, 90, 1, 250, 3, 3, 94, 100, 1];

    [Fact]
    public void Buckets_EndBeforeTheTensorThatWouldOverfillThem()
    {
        var plan = new BucketPlan(TensorLengths, 100);
        plan.Buckets.ShouldBe(
        [
            new Bucket(0, 0, 100, 0, 2), new Bucket(1, 100, 1, 2, 1), new Bucket(2, 101, 250, 3, 1),
            new Bucket(3, 351, 100, 4, 3), new Bucket(4, 451, 100, 7, 1), new Bucket(5, 551, 1, 8, 1),
        ]);
        plan.BucketOfTensor.ShouldBe([0, 0, 1, 2, 3, 3, 3, 4, 5]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(100)]
    [InlineData(355)]
    [InlineData(1_000_000)]
    public void Buckets_PartitionTheArenaAtTensorBorders(long bucketElements)
    {
        var plan = new BucketPlan(TensorLengths, bucketElements);
        long offset = 0;
        var tensor = 0;
        foreach (var bucket in plan.Buckets)
        {
            bucket.Offset.ShouldBe(offset);
            bucket.FirstTensor.ShouldBe(tensor);
            bucket.Length.ShouldBe(TensorLengths.Skip(tensor).Take(bucket.TensorCount).Sum());
            (bucket.TensorCount == 1 || bucket.Length <= bucketElements).ShouldBeTrue();
            offset += bucket.Length;
            tensor += bucket.TensorCount;
        }

        offset.ShouldBe(TensorLengths.Sum());
        tensor.ShouldBe(TensorLengths.Length);
    }

    [Fact]
    public void Segments_PartitionTheBucketOnAlignedBorders()
    {
        foreach (long length in new[] { 1, 15, 16, 17, 160, 1009, 4096 })
        {
            for (var worldSize = 1; worldSize <= 20; worldSize++)
            {
                var bucket = new Bucket(0, 1000, length, 0, 1);
                long offset = 1000;
                var segments = Enumerable.Range(0, worldSize).Select(rank => BucketPlan.Segment(bucket, rank, worldSize)).ToArray();
                foreach (var segment in segments)
                {
                    segment.Offset.ShouldBe(offset);
                    segment.Length.ShouldBeGreaterThanOrEqualTo(0);
                    (segment.Length == 0 || (segment.Offset - 1000) % 16 == 0).ShouldBeTrue();
                    offset += segment.Length;
                }

                offset.ShouldBe(1000 + length);
                (segments.Max(segment => segment.Length) - segments.Min(segment => segment.Length)).ShouldBeLessThanOrEqualTo(31);
            }
        }
    }

    [Fact]
    public void Constructor_NothingToCut_Throws()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new BucketPlan([], 10));
        Should.Throw<ArgumentOutOfRangeException>(() => new BucketPlan([5, 0], 10));
        Should.Throw<ArgumentOutOfRangeException>(() => new BucketPlan([5], 0));
    }
}
