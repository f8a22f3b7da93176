using System.CommandLine;
using Inception.Distributed.Cli.Models;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>model compare</c>: networks side by side.</summary>
internal static class ModelCompareCommand
{
    public static Command Create()
    {
        var names = new Argument<string[]>("NAME") { Description = "Networks, as model.name of a job.", Arity = new ArgumentArity(1, 8) };
        var arguments = new ModelArguments();
        var command = new ExampleCommand("compare", "Shows what networks cost, side by side.",
            "inception model compare googlenet inception-v2 inception-v3",
            "inception model compare bn-inception inception-v3 --input 299")
        {
            names,
        };
        arguments.AddTo(command);
        command.SetAction(line =>
        {
            var models = line.GetRequiredValue(names).Select(name => arguments.Model(line, name)).ToList();
            List<NetworkReport> reports = [.. models.Select(NetworkReport.Of)];
            if (line.GetValue(arguments.Json)) Console.WriteLine(ModelJson.Of(reports));
            else foreach (var text in ComparisonTable.Of(reports)) Console.WriteLine(text);
            return ExitCode.Ok;
        });
        return command;
    }
}
