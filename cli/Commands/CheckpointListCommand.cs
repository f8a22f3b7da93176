using System.CommandLine;
using Inception.Distributed.Checkpoints;
using Inception.Distributed.Cli.DataTools;
using Inception.Distributed.Cli.Display;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>checkpoint ls</c>: at first sight; contents are read on demand.</summary>
internal static class CheckpointListCommand
{
    public static Command Create()
    {
        var directory = CheckpointArgument.Create();
        var verify = new Option<bool>("--verify") { Description = "Read every file and compare its SHA-256; otherwise sizes are compared." };
        var json = CheckpointArgument.CreateJson();
        var command = new ExampleCommand("ls", "Lists a run's checkpoints, oldest first, with what their evaluations came to.",
            "inception checkpoint ls runs/fashion-mnist", "inception checkpoint ls runs/fashion-mnist --verify --json")
        {
            directory, verify, json,
        };
        command.SetAction(line =>
        {
            var hashed = line.GetValue(verify);
            var checkpoints = CheckpointArgument.ListWithAccuracy(line.GetRequiredValue(directory));
            if (hashed) checkpoints = [.. checkpoints.Select(one => one with { Checkpoint = Verified(one.Checkpoint) })];
            if (line.GetValue(json)) Console.WriteLine(DataToolsJson.Write(checkpoints.Select(one => CheckpointText.Json(one, hashed))));
            else foreach (var text in CheckpointText.Table(checkpoints, hashed)) Console.WriteLine(text);
            return ExitCode.Ok;
        });
        return command;
    }

    private static CheckpointListing Verified(CheckpointListing checkpoint)
    {
        if (checkpoint.Status != CheckpointStatus.Whole) return checkpoint;
        var problems = CheckpointStore.Verify(checkpoint.Directory);
        return problems.Count == 0 ? checkpoint : checkpoint with { Status = CheckpointStatus.Damaged, Problems = problems };
    }
}
