using System.Text.Encodings.Web;
using System.Text.Json;
using Inception.Distributed.Worker.Models;

namespace Inception.Distributed.Cli.Models;

/// <summary>The same figures for programs. Windows and fields are [height, width], shapes [channels, height, width] or [features].</summary>
internal static class ModelJson
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(NetworkReport report) => JsonSerializer.Serialize(
        new { Network = Totals(report), Layers = report.Blocks.SelectMany(block => block.Layers.Select(layer => Layer(layer, block.IsAuxiliary))) }, Readable);

    public static string Of(IEnumerable<NetworkReport> reports) => JsonSerializer.Serialize(reports.Select(Totals), Readable);

    public static string Of(IEnumerable<FactorizedConvolution> measured, int channels, int grid) => JsonSerializer.Serialize(
        measured.Select(item => new
        {
            channels,
            grid,
            Whole = Pair(item.Whole),
            Parts = item.Parts.Select(Pair),
            WholeMultiplyAdds = item.WholeCost,
            PartsMultiplyAdds = item.PartsCost,
            item.WholeParameters,
            item.PartsParameters,
            item.Saving,
        }), Readable);

    private static object Totals(NetworkReport report) => new
    {
        report.Model.Name,
        report.Model.Width,
        report.Model.Classes,
        report.Model.InputSize,
        Parameters = report.PredictionParameters,
        report.MultiplyAdds,
        ParametersWithAuxiliaryHeads = report.Parameters,
        MultiplyAddsWithAuxiliaryHeads = report.TrainingMultiplyAdds,
        report.Depth,
        report.ActivationBytes,
    };

    private static object Layer(TracedLayer layer, bool isAuxiliary) => new
    {
        layer.Name,
        Kind = JsonNamingPolicy.CamelCase.ConvertName(layer.Kind.ToString()),
        layer.Source,
        layer.Input,
        layer.Output,
        Kernel = Pair(layer.Window.Kernel),
        Stride = Pair(layer.Window.Stride),
        Padding = Pair(layer.Window.Padding),
        layer.Parameters,
        layer.MultiplyAdds,
        ReceptiveField = Pair(layer.ReceptiveField),
        Auxiliary = isAuxiliary,
    };

    private static long[] Pair((long Height, long Width) size) => [size.Height, size.Width];
}
