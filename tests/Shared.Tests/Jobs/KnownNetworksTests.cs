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
        KnownNetworks.Find("inception-v3").FinalGrid(new ModelSpec { Name = "inception-v3", Classes = 10, InputSize = inputSize }).ShouldBe(grid);

    [Theory]
    [InlineData("googlenet", StemKind.Standard, 31)]
    [InlineData("googlenet-torchvision", StemKind.Standard, 15)]
    [InlineData("bn-inception", StemKind.Standard, 7)]
    [InlineData("inception-v2", StemKind.Standard, 75)]
    [InlineData("inception-v3", StemKind.Standard, 75)]
    [InlineData("inception-v3", StemKind.Stride1, 39)]
    [InlineData("inception-v3", StemKind.Stride1NoPool, 21)]
    public void SmallestInput_IsTheFirstOnWhichAllWindowsFit(string name, StemKind stem, int pixels)
    {
        var model = new ModelSpec { Name = name, Classes = 10, Stem = stem };

        KnownNetworks.Find(name).SmallestInput(model).ShouldBe(pixels);
        KnownNetworks.Find(name).FinalGrid(model with { InputSize = pixels - 1 }).ShouldBe(0);
    }

    [Theory]
    [InlineData("googlenet", null, 2)]
    [InlineData("inception-v2", null, 1)]
    [InlineData("inception-v2", 2, 2)]
    public void HeadsOf_AJob_AreThePublishedOnesOrThoseAskedFor(string name, int? asked, int heads)
    {
        var model = new ModelSpec { Name = name, Classes = 10, Auxiliary = new() { Heads = asked } };

        KnownNetworks.Find(name).HeadsOf(model).ShouldBe(heads);
        KnownNetworks.Find(name).HeadsOf(model with { Auxiliary = new() { Enabled = false, Heads = asked } }).ShouldBe(0);
    }
}
