using Inception.Distributed.Jobs;

namespace Inception.Distributed.Tests.Jobs;

public sealed class KnownNetworksTests
{
    [Theory]
    [InlineData(75, 1)]
    [InlineData(106, 1)]
    [InlineData(107, 2)]
    [InlineData(299, 8)]
    public void FinalGrid_OfInceptionV3_IsThePapers(int inputSize, int grid) =>
        KnownNetworks.Find("inception-v3").FinalGrid(inputSize).ShouldBe(grid);
}
