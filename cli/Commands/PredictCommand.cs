using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Cli.Evaluation;
using Inception.Distributed.Worker.Evaluation;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>predict</c>: what a network takes single images for.</summary>
internal static class PredictCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var images = new Argument<string[]>("IMAGE") { Description = "Image files, in any format that datasets may hold.", Arity = ArgumentArity.OneOrMore };
        var checkpoint = new Option<string>("--checkpoint") { Description = "A checkpoint's directory, or a run's for its newest whole one.", HelpName = "DIR", Required = true };
        var top = new Option<int?>("--top") { Description = "How many classes to show. Default: 5.", HelpName = "N", CustomParser = Parsers.Count };
        var weights = new Option<string?>("--weights") { Description = "ema: the running average of the weights; raw: the weights. Default: ema where the checkpoint has it.", HelpName = "ema|raw" };
        var names = ClassNames.CreateOption();
        var json = new Option<bool>("--json") { Description = "Prints JSON." };
        var command = new ExampleCommand("predict", "Prints the most probable classes of images.",
            "inception predict cat.jpg --checkpoint runs/v3",
            "inception predict *.jpg --checkpoint runs/v3/checkpoints/step-00120000 --top 1 --json")
        {
            images, checkpoint, top, weights, names, json,
        };
        command.SetAction(line =>
        {
            var count = line.GetValue(top) ?? 5;
            if (count < 1) throw new UserErrorException("--top", $"{count} classes are nothing to show; at least 1");
            var search = CheckpointChoice.Find(line.GetRequiredValue(checkpoint));
            foreach (var warning in CheckpointChoice.Warnings(search)) Console.Error.WriteLine(warning);
            using var predictor = Predictor.Open(search.Newest!.Directory, line.GetValue(weights) ?? "");
            var known = ClassNames.Read(line.GetValue(names), search.Newest.State.ClassNames, predictor.Job.Model.Classes);
            return Run(predictor, line.GetRequiredValue(images), count, known, line.GetValue(json));
        });
        return command;
    }

    /// <summary>Images that can't be used don't keep the others from being shown.</summary>
    private static int Run(Predictor predictor, IReadOnlyList<string> images, int top, ClassNames names, bool asJson)
    {
        var problems = new List<Problem>();
        var shown = new List<object>();
        foreach (var image in images)
        {
            try
            {
                var predictions = predictor.Predict(image, top);
                if (asJson) shown.Add(new { Image = image, Predictions = predictions.Select(prediction => Entry(prediction, names)) });
                else Print(image, predictions, names);
            }
            catch (UserErrorException mistake)
            {
                problems.AddRange(mistake.Problems);
            }
        }

        if (asJson) Console.WriteLine(JsonSerializer.Serialize(shown, Json));
        return problems.Count == 0 ? ExitCode.Ok : throw new UserErrorException(problems);
    }

    private static object Entry(Prediction prediction, ClassNames names) =>
        new { prediction.Class, Name = names.AreKnown ? names[prediction.Class] : null, prediction.Probability };

    private static void Print(string image, IReadOnlyList<Prediction> predictions, ClassNames names)
    {
        Console.WriteLine(image);
        foreach (var (label, probability) in predictions)
            Console.WriteLine(Format.Text($"  {Format.Percent(probability),8}  {names[label]}"));
    }
}
