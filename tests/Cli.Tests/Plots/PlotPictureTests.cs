using System.Xml.Linq;
using Inception.Distributed.Cli.Plots;
using Inception.Distributed.Coordinator.History;

namespace Inception.Distributed.Cli.Tests.Plots;

public sealed class PlotPictureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static readonly PlotOptions Options = new([PanelKind.Loss, PanelKind.Accuracy, PanelKind.Throughput, PanelKind.LearningRate], false, false, null);

    // 300 steps of a hundredth of an epoch; a worker less from step 100 to 200.
    private static readonly RunHistory Run = new(
        "<b>run & co",
        [.. Enumerable.Range(1, 300).Select(step => new StepPoint(
            step, step / 100.0, step == 50 ? null : 3.0 / step + 0.1, 3.0 / step, 0.25, 0.1, 1, step == 50, 100 + step % 7, new StepSeconds(0, 0, 0, 0, 0)))],
        [new EvaluationPoint(100, 1, 0.5, 0.75, 1, 0.25, 0.5), new EvaluationPoint(300, 3, 0.625, 0.875, 1, 0.5, 0.625)],
        [Generation(1, 0, 3), Generation(2, 100, 2), Generation(3, 100, 2), Generation(4, 200, 3)]);

    [Fact]
    public void Svg_OfOneRun_HasEachCurveInsideItsFrame()
    {
        var picture = XDocument.Parse(new PlotPicture([("run", Run)], Options).ToSvg());
        var points = picture.Descendants(Svg + "polyline").SelectMany(line => ((string)line.Attribute("points")!).Split(' ')).Select(point => point.Split(','));

        Texts(picture).ShouldContain("total");
        Texts(picture).ShouldContain("top-1 of the raw weights");
        foreach (var point in points)
        {
            Number(point[0]).ShouldBeInRange(0, 1600);
            Number(point[1]).ShouldBeInRange(0, (double)picture.Root!.Attribute("height")!);
        }
    }

    [Fact]
    public void Svg_OfOneRun_NamesTheWorkersOfEachGenerationThatCameToAStep() =>
        Texts(XDocument.Parse(new PlotPicture([("run", Run)], Options).ToSvg())).Where(text => text.EndsWith("workers", StringComparison.Ordinal))
            .ShouldBe(["3 workers", "2 workers", "3 workers"]);

    [Fact]
    public void Svg_OfTwoRuns_NamesThemAsTextOnly()
    {
        var picture = XDocument.Parse(new PlotPicture([(Run.Name, Run), ("other", Run)], Options with { BySteps = true, IsLossLogarithmic = true }).ToSvg());

        Texts(picture).ShouldContain("<b>run & co");
        Texts(picture).ShouldContain("other top-5");
        Texts(picture).ShouldContain("step");
        Texts(picture).ShouldNotContain("2 workers");
    }

    [Fact]
    public void Png_HasTheSizeOfTheSvg()
    {
        var picture = new PlotPicture([("run", Run)], Options);
        var header = picture.ToPng().AsSpan(16, 8).ToArray();
        var root = XDocument.Parse(picture.ToSvg()).Root!;

        System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(header).ShouldBe((int)root.Attribute("width")!);
        System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)).ShouldBe((int)root.Attribute("height")!);
    }

    [Fact]
    public void Smooth_OfAConstant_IsTheConstantFromTheStart() =>
        Curve.Smooth([(1, 2.5), (2, null), (3, 2.5), (4, 2.5)], constant: 10).ShouldAllBe(point => Math.Abs(point.Y!.Value - 2.5) < 1e-12);

    [Fact]
    public void Smooth_WithoutATimeConstant_ChangesNothing() => Curve.Smooth([(1, 2), (2, 7)], constant: 0).ShouldBe([(1, 2), (2, 7)]);

    [Fact]
    public void Picture_OfARunOfOneStep_IsDrawn() =>
        XDocument.Parse(new PlotPicture([("one", Run with { Steps = [Run.Steps[0]], Evaluations = [] })], Options).ToSvg()).Descendants(Svg + "text").ShouldNotBeEmpty();

    private static GenerationPoint Generation(long number, long firstStep, int workers) => new(number, DateTimeOffset.UnixEpoch, firstStep, workers, "why");

    private static List<string> Texts(XDocument picture) => [.. picture.Descendants(Svg + "text").Select(text => text.Value)];

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
