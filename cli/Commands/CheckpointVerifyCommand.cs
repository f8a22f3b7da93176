using System.CommandLine;
using Inception.Distributed.Checkpoints;
using Inception.Distributed.Cli.DataTools;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>checkpoint verify</c>: every byte against its SHA-256.</summary>
internal static class CheckpointVerifyCommand
{
    public static Command Create()
    {
        var directory = CheckpointArgument.Create();
        var json = CheckpointArgument.CreateJson();
        var command = new ExampleCommand("verify",
            "Reads a run's checkpoints and compares every file with its SHA-256. The exit code is 1 when one is damaged.",
            "inception checkpoint verify runs/fashion-mnist", "inception checkpoint verify runs/fashion-mnist --json")
        {
            directory, json,
        };
        command.SetAction(line =>
        {
            var results = CheckpointArgument.List(line.GetRequiredValue(directory)).Select(Verify);
            if (line.GetValue(json)) results = [.. results];
            var isWhole = true;
            foreach (var (checkpoint, state, problems) in results)
            {
                isWhole &= state is not ("damaged" or "set aside");
                if (line.GetValue(json)) continue;
                Console.WriteLine($"{checkpoint.Directory}: {state}{(state == "incomplete" ? ", never finished" : "")}");
                foreach (var problem in problems) Console.WriteLine($"    {problem}");
            }

            if (line.GetValue(json))
                Console.WriteLine(DataToolsJson.Write(results.Select(result => new { result.Checkpoint.Step, result.Checkpoint.Directory, Status = result.State, result.Problems })));
            return isWhole ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static (CheckpointListing Checkpoint, string State, IReadOnlyList<string> Problems) Verify(CheckpointListing checkpoint)
    {
        if (checkpoint.Status == CheckpointStatus.Incomplete) return (checkpoint, "incomplete", []);
        var problems = CheckpointStore.Verify(checkpoint.Directory);
        return (checkpoint, checkpoint.Status == CheckpointStatus.Quarantined ? "set aside" : problems.Count == 0 ? "whole" : "damaged", problems);
    }
}
