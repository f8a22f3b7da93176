namespace Inception.Distributed.Cli.Plots;

/// <param name="Panels">From the top.</param>
/// <param name="BySteps">The horizontal axis counts steps instead of epochs.</param>
/// <param name="IsLossLogarithmic">The loss has a logarithmic axis.</param>
/// <param name="Smoothing">Time constant of the means in steps; null: a fiftieth of the run's steps; 0: no means.</param>
internal sealed record PlotOptions(IReadOnlyList<PanelKind> Panels, bool BySteps, bool IsLossLogarithmic, double? Smoothing);

internal enum PanelKind { Loss, Accuracy, Throughput, LearningRate }
