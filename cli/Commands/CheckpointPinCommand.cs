using System.CommandLine;
using Inception.Distributed.Checkpoints;
using Inception.Distributed.Cli.DataTools;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>checkpoint pin</c> and <c>unpin</c>: what retention leaves alone.</summary>
internal static class CheckpointPinCommand
{
    public static Command Create(bool pin)
    {
        var directory = new Argument<string>("DIR") { Description = "A checkpoint, or with --step a run's directory." };
        var step = new Option<long?>("--step") { Description = "Which of the run's checkpoints.", HelpName = "N" };
        var json = CheckpointArgument.CreateJson();
        var name = pin ? "pin" : "unpin";
        var command = new ExampleCommand(name,
            pin ? "Keeps a checkpoint, whatever its age, until it is unpinned." : "Lets retention remove a checkpoint again when its time has come.",
            $"inception checkpoint {name} runs/fashion-mnist/checkpoints/step-00001000", $"inception checkpoint {name} runs/fashion-mnist --step 1000")
        {
            directory, step, json,
        };
        command.SetAction(line =>
        {
            var (store, found) = Find(line.GetRequiredValue(directory), line.GetValue(step));
            var changed = CheckpointArgument.Read(found.Directory, () => pin ? store.Pin(found.Step) : store.Unpin(found.Step));
            if (pin && !changed) throw new UserErrorException(found.Directory, "was removed at this moment");
            if (line.GetValue(json)) Console.WriteLine(DataToolsJson.Write(new { found.Step, found.Directory, Pinned = pin }));
            else Console.WriteLine($"{found.Directory} {(pin ? "is pinned" : changed ? "is pinned no more" : "was not pinned")}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static (CheckpointStore Store, CheckpointListing Checkpoint) Find(string directory, long? step)
    {
        CheckpointArgument.RequireDirectory(directory);
        var isOne = CheckpointPath.IsCheckpoint(directory);
        if (isOne && step is not null) throw new UserErrorException("--step", $"{directory} is one checkpoint already; leave --step out");
        var root = isOne ? Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)))! : CheckpointPath.RootOf(directory);
        var store = new CheckpointStore(root);
        var whole = CheckpointArgument.Read(directory, store.List).Where(checkpoint => checkpoint.Status == CheckpointStatus.Whole).ToList();
        var steps = whole.Count == 0 ? "none" : string.Join(", ", whole.Select(checkpoint => checkpoint.Step));
        var found = isOne
            ? whole.Find(checkpoint => checkpoint.Directory == Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)))
            : whole.Find(checkpoint => checkpoint.Step == step);
        return found is not null ? (store, found)
            : isOne ? throw new UserErrorException(directory, $"is no whole checkpoint of a run; its steps are {steps}")
            : step is null ? throw new UserErrorException("--step", $"is missing: which checkpoint of {directory}? There are steps {steps}")
            : throw new UserErrorException("--step", $"{directory} has no whole checkpoint of step {step}; there are {steps}");
    }
}
