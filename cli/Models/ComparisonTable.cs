using Inception.Distributed.Cli.Display;
using Inception.Distributed.Worker.Models;

namespace Inception.Distributed.Cli.Models;

/// <summary>Networks side by side: a column each, and what the first one's figures are of them.</summary>
internal static class ComparisonTable
{
    private static readonly (string Name, Func<NetworkReport, string> Value)[] Rows =
    [
        ("image", report => LayerText.Text($"{report.Model.InputSize}×{report.Model.InputSize}")),
        ("width", report => LayerText.Text($"{report.Model.Width}")),
        ("parameters", report => Format.Count(report.PredictionParameters)),
        ("  with auxiliary heads", report => Format.Count(report.Parameters)),
        ("multiply-adds", report => LayerText.Amount(report.MultiplyAdds)),
        ("  with auxiliary heads", report => LayerText.Amount(report.TrainingMultiplyAdds)),
        ("layers deep", report => Format.Count(report.Depth)),
        ("convolutions", report => Format.Count(report.PredictionLayers.Count(layer => layer.Kind == LayerKind.Convolution))),
        ("Inception modules", report => Format.Count(report.Blocks.Count(block => block is { IsLayer: false, IsAuxiliary: false }))),
        ("features", report => Format.Count(report.PredictionLayers.Last(layer => layer.Kind == LayerKind.Linear).Input[0])),
        ("a sample's activations", report => LayerText.MegaBytes(report.ActivationBytes)),
        ("weights", report => LayerText.MegaBytes(sizeof(float) * report.Parameters)),
    ];

    public static IEnumerable<string> Of(IReadOnlyList<NetworkReport> reports)
    {
        var first = reports[0];
        var rows = Rows.Select(row => (row.Name, Values: reports.Select(row.Value).ToArray()))
            .Prepend(("", [.. reports.Select(report => report.Model.Name)]))
            .Append(($"multiply-adds of {first.Model.Name}'s", [.. reports.Select(report => LayerText.Text($"{(double)report.MultiplyAdds / first.MultiplyAdds:0.00} ×"))]))
            .ToList();
        var label = rows.Max(row => row.Item1.Length);
        var widths = Enumerable.Range(0, reports.Count).Select(column => rows.Max(row => row.Item2[column].Length)).ToArray();
        return rows.Select(row => string.Join("  ", row.Item2.Select((value, column) => value.PadLeft(widths[column])).Prepend(row.Item1.PadRight(label))).TrimEnd());
    }
}
