using System.CommandLine;
using System.Text.Json;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>job schedule</c>: the learning rate over the run, before it is run.</summary>
internal static class JobScheduleCommand
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    public static Command Create()
    {
        var files = new Argument<string[]>("JOB.yaml") { Description = "The job files; several are compared.", Arity = ArgumentArity.OneOrMore };
        var set = new JobArguments().Set;
        var json = new Option<bool>("--json") { Description = "Prints the curves as JSON: points of epoch and learning rate." };
        var svg = new Option<string?>("--svg") { Description = "Draws the curves into this file.", HelpName = "FILE" };
        var command = new ExampleCommand("schedule", "Shows the learning rate over a run. It follows epochs, so no dataset is needed.",
            "inception job schedule jobs/fashion-mnist.yaml", "inception job schedule jobs/fashion-mnist.yaml jobs/tiny.yaml --svg schedules.svg")
        {
            files, set, json, svg,
        };
        command.SetAction(line =>
        {
            var curves = line.GetRequiredValue(files).Select(file => new ScheduleCurve(JobFile.Load(file, line.GetRequiredValue(set)))).ToList();
            if (line.GetValue(svg) is { } picture) Save(picture, ScheduleChart.Draw(curves));
            if (line.GetValue(json)) Console.WriteLine(Json(curves));
            else if (line.GetValue(svg) is null) Console.Write(string.Join("\n", curves.Select(ScheduleTable.Of)));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Save(string path, string picture)
    {
        try
        {
            File.WriteAllText(path, picture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException("--svg", $"{path} can't be written: {error.Message}");
        }
    }

    private static string Json(IEnumerable<ScheduleCurve> curves) => JsonSerializer.Serialize(
        curves.Select(curve => new
        {
            job = curve.Job.Name,
            policy = curve.Policy,
            epochs = curve.Job.Schedule.Epochs,
            warmup = curve.Job.Schedule.Warmup,
            learningRate = curve.Job.Optimizer.LearningRate,
            points = curve.Points.Select(point => new { epoch = point.Epoch, learningRate = point.Rate }),
        }),
        Readable);
}
