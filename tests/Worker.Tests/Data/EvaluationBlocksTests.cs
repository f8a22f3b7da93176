using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

public class EvaluationBlocksTests
{
    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 100)]
    [InlineData(100, 100)]
    [InlineData(101, 100)]
    [InlineData(997, 10)]
    public void EveryImageIsInOneBlockOfOneRank(long images, int blockSize)
    {
        var blocks = new EvaluationBlocks(images, blockSize);
        for (var worldSize = 1; worldSize <= 7; worldSize++)
        {
            var seen = new List<long>();
            for (var rank = 0; rank < worldSize; rank++)
            {
                var (firstBlock, count) = blocks.Of(rank, worldSize);
                for (var block = firstBlock; block < firstBlock + count; block++)
                {
                    var (first, length) = blocks[block];
                    length.ShouldBeInRange(1, blockSize);
                    seen.AddRange(Enumerable.Range((int)first, length).Select(image => (long)image));
                }
            }

            seen.ShouldBe(Enumerable.Range(0, (int)images).Select(image => (long)image));
        }
    }

    [Fact]
    public void Indexer_NoSuchBlock_Throws() => Should.Throw<ArgumentOutOfRangeException>(() => new EvaluationBlocks(10, 5)[2]);
}
