using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Inception.Distributed.Coordinator.Evaluation;
using Inception.Distributed.Evaluation;

namespace Inception.Distributed.Cli.Evaluation;

/// <summary><c>evaluation.json</c>, and what <c>--json</c> prints: docs/evaluation.md names the fields.</summary>
internal static class EvaluationDocument
{
    public static string Write(EvaluationRequest request, EvaluationResult result, EvaluationFigures figures, ClassNames names)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            WriteCheckpoints(json, request);
            WriteData(json, request, result);
            json.WriteNumber("crops", request.Crops);
            json.WriteNumber("images", figures.Images);
            json.WriteNumber("leftOut", request.LeftOut.Count);
            json.WriteNumber("corrupt", result.Corrupt.Count);
            WriteFigure(json, "top1", figures.Top1);
            WriteFigure(json, "top1Error", figures.Top1Error);
            WriteFigure(json, "top5", figures.Top5);
            WriteFigure(json, "top5Error", figures.Top5Error);
            WriteFigure(json, "loss", figures.Loss);
            json.WriteNumber("workers", result.Workers);
            json.WriteNumber("seconds", result.Seconds);
            WriteClasses(json, figures, names);
            WriteConfusion(json, figures);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteCheckpoints(Utf8JsonWriter json, EvaluationRequest request)
    {
        json.WriteStartArray("checkpoints");
        for (var i = 0; i < request.Checkpoints.Count; i++)
        {
            var checkpoint = request.Checkpoints[i];
            json.WriteStartObject();
            json.WriteString("directory", checkpoint.Directory);
            json.WriteString("manifestSha256", checkpoint.ManifestSha256);
            json.WriteString("network", request.Jobs[i].Model.Name);
            json.WriteNumber("step", checkpoint.State.Step);
            json.WriteString("weights", request.WeightsOf(checkpoint));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteData(Utf8JsonWriter json, EvaluationRequest request, EvaluationResult result)
    {
        json.WriteStartObject("data");
        json.WriteString("format", DataArgument.NameOf(request.Data.Format));
        json.WriteString("path", request.Data.Path);
        json.WriteString("split", request.Data.Split);
        json.WriteNumber("images", result.SetImages);
        json.WriteString("digest", result.DatasetDigest);
        json.WriteEndObject();
    }

    private static void WriteClasses(Utf8JsonWriter json, EvaluationFigures figures, ClassNames names)
    {
        json.WriteStartArray("classes");
        foreach (var figure in figures.PerClass)
        {
            json.WriteStartObject();
            json.WriteNumber("class", figure.Class);
            if (names.AreKnown) json.WriteString("name", names[figure.Class]);
            json.WriteNumber("images", figure.Images);
            WriteFigure(json, "top1", figure.Top1);
            WriteFigure(json, "top5", figure.Top5);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // A row a line: indented, 1000 classes would be a million lines.
    private static void WriteConfusion(Utf8JsonWriter json, EvaluationFigures figures)
    {
        json.WriteStartArray("confusion");
        for (var label = 0; label < figures.Classes; label++)
        {
            var row = Enumerable.Range(0, figures.Classes).Select(predicted => figures.Confusion(label, predicted).ToString(CultureInfo.InvariantCulture));
            json.WriteRawValue($"[{string.Join(", ", row)}]");
        }

        json.WriteEndArray();
    }

    // JSON has no NaN: a class without images, a network that has diverged.
    private static void WriteFigure(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
