using Inception.Distributed.Coordinator.History;

namespace Inception.Distributed.Coordinator.Tests.History;

public sealed class DownsamplingTests
{
    private static List<(double X, double Y)> Curve(int count) => [.. Enumerable.Range(0, count).Select(x => ((double)x, x % 10_000 == 4_321 ? 50.0 : Math.Sin(x / 500.0)))];

    [Fact]
    public void LargestTriangles_OfAMillion_KeepsEndsOrderAndSpikes()
    {
        var curve = Curve(1_000_000);

        var kept = Downsampling.LargestTriangles(curve, 2000);

        kept.Count.ShouldBe(2000);
        kept[0].ShouldBe(curve[0]);
        kept[^1].ShouldBe(curve[^1]);
        kept.Zip(kept.Skip(1)).ShouldAllBe(pair => pair.First.X < pair.Second.X);
        kept.Count(point => point.Y == 50).ShouldBe(100, "each spike is alone in its bucket");
        kept.ShouldAllBe(point => curve[(int)point.X].Equals(point), "nothing is made up");
    }

    [Theory]
    [InlineData(1), InlineData(3), InlineData(4)]
    public void LargestTriangles_OfNoMoreThanAskedFor_IsTheCurveItself(int count) =>
        Downsampling.LargestTriangles(Curve(count), 4).ShouldBe(Curve(count));

    [Theory]
    [InlineData(5, 3), InlineData(5, 4), InlineData(1001, 1000), InlineData(7, 3)]
    public void LargestTriangles_OfAnyNumber_LeavesAsManyAsAskedFor(int count, int most) =>
        Downsampling.LargestTriangles(Curve(count), most).Count.ShouldBe(most);
}
