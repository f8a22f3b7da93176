using System.CommandLine;
using Inception.Distributed.Cli.Display;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>checkpoint ls</c>: at first sight; contents are not read.</summary>
internal static class CheckpointListCommand
{
    public static Command Create()
    {
        var directory = CheckpointArgument.Create();
        var command = new ExampleCommand("ls", "Lists a run's checkpoints, oldest first, with their sizes.", "inception checkpoint ls runs/fashion-mnist")
        {
            directory,
        };
        command.SetAction(line =>
        {
            foreach (var checkpoint in CheckpointArgument.List(line.GetRequiredValue(directory)))
            {
                var status = checkpoint.Status.ToString().ToLowerInvariant();
                Console.WriteLine(Format.Text($"step {checkpoint.Step,8}  {status,-10}  {checkpoint.Bytes / 1e6,8:0.0} MB  {checkpoint.Directory}"));
                foreach (var problem in checkpoint.Problems) Console.WriteLine($"    {problem}");
            }
            return ExitCode.Ok;
        });
        return command;
    }
}
