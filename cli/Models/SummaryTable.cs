using Inception.Distributed.Cli.Display;
using Inception.Distributed.Worker.Models;

namespace Inception.Distributed.Cli.Models;

/// <summary>A network's layers as a table of at most 100 columns: modules with their sums, and their layers below them.</summary>
internal static class SummaryTable
{
    public static IEnumerable<string> Of(NetworkReport report)
    {
        var model = report.Model;
        yield return LayerText.Text($"{model.Name}, width {model.Width}, {model.Classes} classes, images of {model.InputSize}×{model.InputSize}");
        yield return "";
        yield return Row("layer", "kind", "output", "parameters", "multiply-adds", "sees");
        foreach (var block in report.Blocks)
        {
            if (block.IsLayer)
            {
                yield return Row("", block.Layers[0], block.Name);
                continue;
            }

            var kind = block.IsAuxiliary ? "auxiliary head" : $"{block.Ends.Count()} branches";
            yield return Row(block.Name, kind, LayerText.Shape(block.Output), Format.Count(block.Parameters), LayerText.Amount(block.MultiplyAdds), Field(block.ReceptiveField));
            foreach (var layer in block.Layers) yield return Row("  ", layer, layer.Name[(block.Name.Length + 1)..]);
        }

        yield return "";
        yield return $"prediction   {Format.Count(report.PredictionParameters)} parameters, {LayerText.Amount(report.MultiplyAdds)} multiply-adds, {report.Depth} layers deep";
        if (report.Parameters != report.PredictionParameters)
            yield return $"training     {Format.Count(report.Parameters)} parameters, {LayerText.Amount(report.TrainingMultiplyAdds)} multiply-adds forward, auxiliary heads included";
        yield return $"memory       {LayerText.MegaBytes(sizeof(float) * report.Parameters)} of weights; {LayerText.MegaBytes(report.ActivationBytes)} a sample in the layers' outputs (float32)";
    }

    private static string Row(string indent, TracedLayer layer, string name) => Row(
        indent + name, LayerText.Kind(layer), LayerText.Shape(layer.Output),
        layer.Parameters == 0 ? "" : Format.Count(layer.Parameters), layer.MultiplyAdds == 0 ? "" : LayerText.Amount(layer.MultiplyAdds), Field(layer.ReceptiveField));

    private static string Row(string name, string kind, string output, string parameters, string multiplyAdds, string sees) =>
        $"{name,-22} {kind,-14} {output,-13} {parameters,11} {multiplyAdds,13}  {sees}".TrimEnd();

    private static string Field((long Height, long Width) field) => field.Height == field.Width ? LayerText.Text($"{field.Height}") : LayerText.Size(field);
}
