using Inception.Distributed.Worker.Models;

namespace Inception.Distributed.Worker.Tests.Models;

/// <summary>"Rethinking the Inception Architecture", sections 3.1 and 3.2: what the paper says that factorised convolutions save.</summary>
public class FactorizationTests
{
    [Theory]
    [InlineData(8, 17), InlineData(24, 9)]
    public void Measure_TwoSmallWindowsForALargeOne_SaveWhatThePaperSays(int channels, int grid)
    {
        Factorization.Measure((5, 5), [(3, 3), (3, 3)], channels, grid).Saving.ShouldBe(0.28, 1e-12);
        Factorization.Measure((3, 3), [(1, 3), (3, 1)], channels, grid).Saving.ShouldBe(1.0 / 3, 1e-12);
        foreach (var n in new[] { 3, 5, 7 })
            Factorization.Measure((n, n), [(1, n), (n, 1)], channels, grid).Saving.ShouldBe(1 - 2.0 / n, 1e-12);
    }

    [Fact]
    public void Measure_CountsTheLayersOwnWeightsAndCells()
    {
        var measured = Factorization.Measure((5, 5), [(3, 3), (3, 3)], channels: 6, grid: 11);

        measured.WholeParameters.ShouldBe(6 * 6 * 25);
        measured.PartsParameters.ShouldBe(2 * 6 * 6 * 9);
        measured.WholeCost.ShouldBe(6 * 6 * 25 * 11 * 11);
    }

    [Fact]
    public void Measure_WindowsThatSeeLess_AreNoReplacement() =>
        Should.Throw<ArgumentException>(() => Factorization.Measure((7, 7), [(3, 3), (3, 3)], 8, 9)).Message.ShouldContain("see (5, 5), not (7, 7)");
}
