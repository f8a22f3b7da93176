using System.CommandLine;
using Inception.Distributed.Cli.Evaluation;
using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Coordinator.Evaluation;
using Inception.Distributed.Evaluation;
using Inception.Distributed.Hosting;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>evaluate</c>: how good checkpoints are on a set of images.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var checkpoints = new Argument<string[]>("CHECKPOINT")
        {
            Description = "A checkpoint's directory, or a run's for its newest whole one. Several are an ensemble: their probabilities are averaged.",
            Arity = ArgumentArity.OneOrMore,
        };
        var data = new Option<string?>("--data")
        {
            Description = "The images: idx:DIR:test, imagefolder:DIR[:SUBDIR], imagenet:DIR:val, webdataset:DIR[:SUBDIR] or synthetic:COUNT. Default: the validation set of the checkpoint's job.",
            HelpName = "FORMAT:PATH[:SPLIT]",
        };
        var crops = new Option<int?>("--crops") { Description = "Crops of each image: 1, 10, 12 or 144; see docs/evaluation.md. Default: 1.", HelpName = "N", CustomParser = Parsers.Count };
        var weights = new Option<string?>("--weights") { Description = "ema: the running average of the weights; raw: the weights. Default: ema where the checkpoint has it.", HelpName = "ema|raw" };
        var blacklist = new Option<string?>("--blacklist") { Description = "Images that don't count: one number a line, from 1 in the order of the set, as in ILSVRC's list.", HelpName = "FILE" };
        var names = ClassNames.CreateOption();
        var output = new Option<string?>("--output") { Description = "Writes evaluation.json, the confusion matrix as confusion.png and confusion.svg, predictions.csv and logs there. Default: nothing is written.", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Prints evaluation.json instead of the summary." };
        var workers = new Option<int?>("--workers") { Description = "Local workers; 0: all join from elsewhere. Default: as many as there are cores. The result does not depend on it.", HelpName = "N", CustomParser = Parsers.Count };
        var listen = new Option<string>("--listen") { Description = "Where workers join, HOST:PORT; port 0 takes a free one.", HelpName = "ADDR", DefaultValueFactory = _ => "127.0.0.1:0" };
        var security = new SecurityArguments(withToken: true);
        var command = new ExampleCommand("evaluate", "Evaluates a checkpoint, or an ensemble of several: top-1, top-5, loss, each class, and which is taken for which.",
            "inception evaluate runs/fashion-mnist",
            "inception evaluate runs/a runs/b runs/c --crops 144 --output evaluations/ensemble",
            "inception evaluate runs/v3 --data imagenet:/data/imagenet --blacklist blacklist.txt --json",
            "inception evaluate runs/v3 --workers 0 --listen 10.0.0.5:7400 --certs certs/coordinator")
        {
            checkpoints, data, crops, weights, blacklist, names, output, json, workers, listen,
        };
        security.AddTo(command);
        command.SetAction(async (line, _) =>
        {
            var request = EvaluationRequest.Create(
                line.GetRequiredValue(checkpoints), line.GetValue(data), line.GetValue(crops) ?? 1, line.GetValue(weights), line.GetValue(blacklist));
            var known = ClassNames.Read(line.GetValue(names), request.Checkpoints[0].State.ClassNames, request.Classes);
            var count = line.GetValue(workers) ?? Math.Max(1, Environment.ProcessorCount / request.Job.Workers.Threads);
            var settings = security.Read(line);
            if (count > 0 && (settings.Certificates ?? (object?)settings.TokenFile) is not null)
                throw new UserErrorException("--workers", "local workers have neither certificate nor token; with --certs or --token-file give --workers 0, and start each worker with its own");
            using var files = EvaluationFiles.Open(line.GetValue(output));
            return await RunAsync(request, count, line.GetRequiredValue(listen), settings, known, files, line.GetValue(json));
        });
        return command;
    }

    private static async Task<int> RunAsync(EvaluationRequest request, int workers, string listen, SecuritySettings security, ClassNames names, EvaluationFiles files, bool asJson)
    {
        var display = new EvaluationDisplay(Console.Error, TimeProvider.System);
        foreach (var warning in request.Warnings) display.Say(warning);
        if (!asJson) foreach (var text in EvaluationText.Heading(request)) Console.WriteLine(text);
        using var signals = new StopSignals();
        EvaluationResult result;
        try
        {
            using var run = new EvaluateRun(request, workers, listen, security, files.Logs, display);
            result = await run.RunAsync(signals.Stop);
        }
        catch (UserErrorException mistakes) when (request.NamesData)
        {
            throw new UserErrorException([.. mistakes.Problems.Select(problem =>
                problem with { Where = problem.Where.Replace("data.validation.", "--data: ", StringComparison.Ordinal) })]);
        }
        catch (EvaluationFailedException failure)
        {
            await Console.Error.WriteLineAsync($"error: {failure.Message}");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("stopped before all images were evaluated");
            return ExitCode.Stopped;
        }

        var figures = EvaluationFigures.Of(request.Classes, result.Blocks);
        var document = EvaluationDocument.Write(request, result, figures, names);
        files.Write(document, result, figures, names);
        if (asJson) Console.Write(document);
        else foreach (var text in EvaluationText.Summary(request, result, figures, names)) Console.WriteLine(text);
        if (!asJson && files.IsKept) Console.WriteLine($"  files       {files.Directory}");
        return ExitCode.Ok;
    }
}
