using Inception.Distributed.Worker.Evaluation;

namespace Inception.Distributed.Worker.Tests.Evaluation;

public sealed class ImageScoresTests
{
    [Theory]
    [InlineData(new[] { 1.0, 3, 2 }, 1, 0, 1)]
    [InlineData(new[] { 1.0, 3, 2 }, 0, 2, 1)]
    [InlineData(new[] { 2.0, 2, 2 }, 2, 2, 0)]                             // a tie is no gift
    [InlineData(new[] { double.NaN, 1, 2 }, 0, 3, 2)]
    [InlineData(new[] { 1, double.NaN, 2 }, 2, 0, 2)]
    [InlineData(new[] { double.NaN, double.NaN, double.NaN }, 1, 3, 0)]
    public void RankAndHighest(double[] scores, int label, int rank, int highest)
    {
        ImageScores.RankOf(label, scores).ShouldBe(rank);
        ImageScores.Highest(scores).ShouldBe(highest);
    }

    [Fact]
    public void CrossEntropyAndSoftmax_LargeLogits_DoNotOverflow()
    {
        double[] logits = [1000, 1001, 1000];
        var sums = new double[3];
        ImageScores.AddSoftmax(logits, sums);

        sums.Sum().ShouldBe(1, 1e-15);
        sums[1].ShouldBe(Math.E / (Math.E + 2), 1e-15);
        ImageScores.CrossEntropy(1, logits).ShouldBe(-Math.Log(sums[1]), 1e-12);
    }
}
