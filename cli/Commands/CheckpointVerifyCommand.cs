using System.CommandLine;
using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>checkpoint verify</c>: every byte against its SHA-256.</summary>
internal static class CheckpointVerifyCommand
{
    public static Command Create()
    {
        var directory = CheckpointArgument.Create();
        var command = new ExampleCommand("verify",
            "Reads a run's checkpoints and compares every file with its SHA-256. The exit code is 1 when one is damaged.",
            "inception checkpoint verify runs/fashion-mnist")
        {
            directory,
        };
        command.SetAction(line =>
        {
            var damaged = 0;
            foreach (var checkpoint in CheckpointArgument.List(line.GetRequiredValue(directory)))
            {
                if (checkpoint.Status == CheckpointStatus.Incomplete)
                {
                    Console.WriteLine($"{checkpoint.Directory}: incomplete, never finished");
                    continue;
                }
                var problems = CheckpointStore.Verify(checkpoint.Directory);
                Console.WriteLine($"{checkpoint.Directory}: {(problems.Count == 0 ? "whole" : "damaged")}");
                foreach (var problem in problems) Console.WriteLine($"    {problem}");
                if (problems.Count > 0) damaged++;
            }
            return damaged == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }
}
