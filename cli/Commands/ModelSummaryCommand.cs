using System.CommandLine;
using Inception.Distributed.Cli.Models;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>model summary</c>: a network's layers as they compute one image.</summary>
internal static class ModelSummaryCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "The network, as model.name of a job." };
        var arguments = new ModelArguments();
        var svg = new Option<string?>("--svg") { Description = "Draw the network into this file instead.", HelpName = "FILE" };
        var command = new ExampleCommand("summary", "Lists a network's layers: shapes, parameters, multiply-adds, and how much of the image a cell sees.",
            "inception model summary inception-v3",
            "inception model summary googlenet --input 224 --width 0.5 --json",
            "inception model summary inception-v3 --svg inception-v3.svg")
        {
            name, svg,
        };
        arguments.AddTo(command);
        command.SetAction(line =>
        {
            var report = NetworkReport.Of(arguments.Model(line, line.GetRequiredValue(name)));
            if (line.GetValue(svg) is { } path) Write(path, NetworkPicture.Of(report));
            else if (line.GetValue(arguments.Json)) Console.WriteLine(ModelJson.Of(report));
            else foreach (var text in SummaryTable.Of(report)) Console.WriteLine(text);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Write(string path, string svg)
    {
        try
        {
            File.WriteAllText(path, svg);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException("--svg", $"{path} can't be written: {error.Message}");
        }

        Console.WriteLine(path);
    }
}
