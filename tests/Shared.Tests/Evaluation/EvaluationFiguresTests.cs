using Inception.Distributed.Evaluation;

namespace Inception.Distributed.Shared.Tests.Evaluation;

public sealed class EvaluationFiguresTests
{
    // Three classes: 0 right, 0 taken for 2, 1 taken for 2 far off, 1 right; nothing of class 2.
    private static readonly IReadOnlyList<ImageOutcome>[] Blocks =
    [
        [new ImageOutcome(0, 0, 0, 0, 0.5), new ImageOutcome(2, 0, 2, 1, 1.5)],
        [new ImageOutcome(3, 1, 2, 5, 7), new ImageOutcome(4, 1, 1, 0, 0.25)],
    ];

    [Fact]
    public void Of_CountsHitsLossesAndConfusions()
    {
        var figures = EvaluationFigures.Of(3, Blocks);

        figures.Images.ShouldBe(4);
        figures.Top1.ShouldBe(0.5);
        figures.Top5.ShouldBe(0.75);
        (figures.Top1Error, figures.Top5Error).ShouldBe((0.5, 0.25));
        figures.Loss.ShouldBe(9.25 / 4);
        figures.PerClass.ShouldBe([new ClassFigures(0, 2, 1, 2), new ClassFigures(1, 2, 1, 1), new ClassFigures(2, 0, 0, 0)]);
        figures.PerClass[1].Top1.ShouldBe(0.5);
        figures.PerClass[2].Top1.ShouldBe(double.NaN);
        Enumerable.Range(0, 9).Select(i => figures.Confusion(i / 3, i % 3)).ShouldBe([1, 0, 1, 0, 1, 1, 0, 0, 0]);
    }

    [Fact]
    public void Of_LossesAreAddedWithinBlocksFirst_AsDuringARun()
    {
        // In one row, each 2⁻⁵³ would be lost beside the 1; together they are 2⁻⁵², which is not.
        var tiny = Math.Pow(2, -53);
        var figures = EvaluationFigures.Of(1, [[new ImageOutcome(0, 0, 0, 0, 1)], [new ImageOutcome(1, 0, 0, 0, tiny), new ImageOutcome(2, 0, 0, 0, tiny)]]);

        (figures.Loss * 3).ShouldBe(1 + Math.Pow(2, -52));
    }
}
