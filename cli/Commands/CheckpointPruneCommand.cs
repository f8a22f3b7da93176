using System.CommandLine;
using Inception.Distributed.Checkpoints;
using Inception.Distributed.Cli.DataTools;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>checkpoint prune</c>: retention by hand, beside a run that is at work or not.</summary>
internal static class CheckpointPruneCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("DIR") { Description = "A run's directory, or its checkpoints directory." };
        var keep = new Option<int?>("--keep") { Description = "The newest N stay. Default of this and the next two: what the run's job says.", HelpName = "N" };
        var keepFor = new Option<double?>("--keep-for") { Description = "Those younger than this stay too.", HelpName = "HOURS" };
        var keepBest = new Option<int?>("--keep-best") { Description = "The N with the best top-1 stay too.", HelpName = "N" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would go and why the others stay." };
        var json = CheckpointArgument.CreateJson();
        var command = new ExampleCommand("prune", "Removes old checkpoints. Pinned and damaged ones stay, and so does the newest whole one.",
            "inception checkpoint prune runs/fashion-mnist --dry-run", "inception checkpoint prune runs/fashion-mnist --keep 1 --keep-best 2")
        {
            directory, keep, keepFor, keepBest, dryRun, json,
        };
        command.SetAction(line =>
        {
            var given = line.GetRequiredValue(directory);
            if (CheckpointPath.IsCheckpoint(given)) throw new UserErrorException(given, "is one checkpoint; give its run's directory");
            CheckpointArgument.List(given);
            var policy = Policy(given, line.GetValue(keep), line.GetValue(keepFor), line.GetValue(keepBest));
            var isDry = line.GetValue(dryRun);
            var pruning = CheckpointArgument.Read(given, () => CheckpointPruner.Prune(
                new CheckpointStore(CheckpointPath.RootOf(given)), policy, EvaluatedSteps.Read(CheckpointArgument.FileOfRun(given, "evaluations.jsonl")),
                [], TimeProvider.System.GetUtcNow(), dryRun: isDry));
            if (line.GetValue(json)) Console.WriteLine(DataToolsJson.Write(Json(pruning, isDry)));
            else foreach (var text in Report(pruning, isDry)) Console.WriteLine(text);
            return ExitCode.Ok;
        });
        return command;
    }

    private static RetentionPolicy Policy(string directory, int? keep, double? keepFor, int? keepBest)
    {
        if (keep < 1) throw new UserErrorException("--keep", $"{keep} is given; the newest checkpoint always stays: give 1 or more");
        if (keepFor is { } hours && hours is not (>= 0 and <= 1e6)) throw new UserErrorException("--keep-for", Format.Text($"{hours} hours are given; give 0 to 1000000"));
        if (keepBest < 0) throw new UserErrorException("--keep-best", $"{keepBest} is given; give 0 or more");
        var path = CheckpointArgument.FileOfRun(directory, "job.yaml");
        var job = File.Exists(path) ? JobFile.Load(path, []).Checkpoint
            : keep is not null ? new CheckpointSpec()
            : throw new UserErrorException("--keep", $"is missing; there is no {path} to say how many stay");
        return RetentionPolicy.Of(job with { Keep = keep ?? job.Keep, KeepFor = keepFor ?? job.KeepFor, KeepBest = keepBest ?? job.KeepBest });
    }

    private static IEnumerable<string> Report(Pruning pruning, bool isDry)
    {
        foreach (var one in pruning.Retained)
        {
            var name = Path.GetFileName(one.Checkpoint.Directory);
            yield return one.Why is { } why ? $"{name}  stays: {why}"
                : pruning.Removed.Contains(one.Checkpoint.Directory) ? $"{name}  {(isDry ? "would be removed" : "removed")}"
                : $"{name}  stays: somebody reads it, or has pinned it just now";
        }

        var bytes = pruning.Retained.Where(one => pruning.Removed.Contains(one.Checkpoint.Directory)).Sum(one => one.Checkpoint.Bytes);
        yield return Format.Text($"{Format.Count(pruning.Removed.Count, "checkpoint")} of {bytes / 1e6:0.0} MB {(isDry ? "would be removed" : "removed")}");
    }

    private static object Json(Pruning pruning, bool isDry) => new
    {
        DryRun = isDry,
        Checkpoints = pruning.Retained.Select(one => new
        {
            one.Checkpoint.Step,
            one.Checkpoint.Directory,
            one.Checkpoint.Bytes,
            Removed = pruning.Removed.Contains(one.Checkpoint.Directory),
            Stays = one.Why ?? (pruning.Busy.Contains(one.Checkpoint.Directory) ? "somebody reads it, or has pinned it just now" : null),
        }),
    };
}
