using Inception.Distributed.Cli.Display;
using Inception.Distributed.Cli.Pictures;
using Inception.Distributed.Coordinator.History;

namespace Inception.Distributed.Cli.Plots;

/// <summary>What of the runs goes into which panel. One run: a colour for each figure. Several: a colour for each run.</summary>
internal sealed class Panels(IReadOnlyList<(string Name, RunHistory History)> runs, PlotOptions options)
{
    private const double Thin = 1.5, Thick = 3;

    // Okabe and Ito's colours, which the colour-blind tell apart.
    private static readonly Colour[] Colours =
        [new(0, 114, 178), new(213, 94, 0), new(0, 158, 115), new(204, 121, 167), new(230, 159, 0), new(86, 180, 233), new(20, 20, 20)];

    private bool IsComparison => runs.Count > 1;

    public Panel Of(PanelKind kind) => kind switch
    {
        PanelKind.Loss => new Panel("loss", options.IsLossLogarithmic, value => Format.Text($"{value:0.####}"), [.. runs.SelectMany(LossCurves)]),
        PanelKind.Accuracy => new Panel("accuracy in %", false, value => Format.Text($"{value:0.###}"), [.. runs.SelectMany(AccuracyCurves)]),
        PanelKind.Throughput => new Panel("images/s", false, value => Format.Text($"{value:#,0.##}"), [.. runs.SelectMany(ThroughputCurves)]),
        PanelKind.LearningRate => new Panel("learning rate", false, value => Format.Text($"{value:0.######}"), [.. runs.SelectMany((run, index) =>
            new[] { Curve.Of(IsComparison ? run.Name : "", ColourOf(index), Thick, false, run.History.Steps.Select(step => (X(step.Step, step.Epoch), (double?)step.LearningRate))) })]),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public double X(long step, double epoch) => options.BySteps ? step : epoch;

    private IEnumerable<Curve> LossCurves((string Name, RunHistory History) run, int index)
    {
        var hasAuxiliary = run.History.Steps.Any(step => step.AuxLoss is { } loss && loss != 0);
        foreach (var curve in WithMean(run.History, IsComparison ? run.Name : hasAuxiliary ? "total" : "", ColourOf(index), step => step.Loss)) yield return curve;
        if (IsComparison || !hasAuxiliary) yield break;
        yield return Curve.Of("main head", Colours[1], Thick, false, Mean(run.History, step => step.MainLoss));
    }

    private IEnumerable<Curve> AccuracyCurves((string Name, RunHistory History) run, int index)
    {
        var evaluations = run.History.Evaluations;
        var prefix = IsComparison ? run.Name + " " : "";
        if (evaluations.Count == 0) yield break;
        yield return Curve.Of(prefix + "top-1", ColourOf(index), Thick, false, Of(evaluation => evaluation.Top1));
        yield return Curve.Of(prefix + "top-5", IsComparison ? ColourOf(index) : Colours[2], Thick, IsComparison, Of(evaluation => evaluation.Top5));
        if (!IsComparison && evaluations.Any(evaluation => evaluation.Top1Raw is not null))
            yield return Curve.Of("top-1 of the raw weights", Colours[1], Thick, true, Of(evaluation => evaluation.Top1Raw));

        IEnumerable<(double X, double? Y)> Of(Func<EvaluationPoint, double?> figure) =>
            evaluations.Select(evaluation => (X(evaluation.Step, evaluation.Epoch), 100 * figure(evaluation)));
    }

    private IEnumerable<Curve> ThroughputCurves((string Name, RunHistory History) run, int index) =>
        WithMean(run.History, IsComparison ? run.Name : "", ColourOf(index), step => step.ImagesPerSecond);

    /// <summary>Every step in pale, and the mean over it.</summary>
    private IEnumerable<Curve> WithMean(RunHistory history, string name, Colour colour, Func<StepPoint, double?> figure)
    {
        yield return Curve.Of("", options.Smoothing == 0 ? colour : colour.Lighter(0.7), Thin, false, Raw(history, figure));
        yield return Curve.Of(name, colour, options.Smoothing == 0 ? Thin : Thick, false, Mean(history, figure));
    }

    private IEnumerable<(double X, double? Y)> Mean(RunHistory history, Func<StepPoint, double?> figure) =>
        Curve.Smooth(Raw(history, figure), options.Smoothing ?? history.Steps.Count / 50.0);

    private IEnumerable<(double X, double? Y)> Raw(RunHistory history, Func<StepPoint, double?> figure) =>
        history.Steps.Select(step => (X(step.Step, step.Epoch), figure(step)));

    private static Colour ColourOf(int run) => Colours[run % Colours.Length];
}
