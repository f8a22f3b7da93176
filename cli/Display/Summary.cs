using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Display;

/// <summary>What a run has come to, for its end.</summary>
internal static class Summary
{
    /// <param name="output">The run's directory.</param>
    public static IEnumerable<string> Of(string output, TrainOutcome outcome)
    {
        if (outcome is { HasTrained: true, Last: { } last } && RunResult.TryRead(output) is { } result)
        {
            yield return Format.Text($"{last.JobName} {result.State} after {Format.Count(result.Step, "step")} ({result.Epoch:0.00} epochs), ")
                + $"{Format.Duration(result.SecondsTotal)} with {Format.Count(result.Workers, "worker")}";
            if (result.Top1 is { } top1) yield return Row("top-1", Format.Percent(top1) + Raw(result.Top1Raw));
            if (result.Top5 is { } top5) yield return Row("top-5", Format.Percent(top5) + Raw(result.Top5Raw));
            yield return Row("speed", Format.Rate(result.ImagesPerSecond));
            var seconds = result.Seconds;
            var phases = StatusText.Phases(new PhaseSeconds
            {
                Data = seconds.Data,
                Forward = seconds.Forward,
                Backward = seconds.Backward,
                Reduction = seconds.Reduction,
                Update = seconds.Update,
            });
            if (phases != "") yield return Row("time", phases);
            if (StatusText.Numbers(result.StepsSkipped, [.. (result.Rollbacks ?? []).Select(rollback => (rollback.BadStep, rollback.To))]) is { Length: > 0 } numbers)
                yield return Row("numbers", numbers);
            if (result.Corrupt > 0)
                yield return Row("corrupt", $"{Format.Count(result.Corrupt, "training sample")} could not be decoded, and others took their places; the logs name them");
            if (result.WeightsSha256 is { } hash) yield return Row("weights", $"sha256 {hash}");
        }
        if (outcome.Last?.LastCheckpoint is { Length: > 0 } checkpoint) yield return Row("checkpoint", AsGiven(checkpoint, output));
        yield return Row("logs", $"{Path.Combine(output, "log.jsonl")}, {Path.Combine(output, "logs")}{Path.DirectorySeparatorChar}");
    }

    // The coordinator names whole paths; in the run's own directory, as the user named it, a path reads better.
    private static string AsGiven(string path, string output)
    {
        var inside = Path.GetRelativePath(Path.GetFullPath(output), path);
        return inside.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(inside) ? path : Path.Combine(output, inside);
    }

    private static string Raw(double? figure) => figure is { } raw ? $" with averaged weights, {Format.Percent(raw)} with the raw ones" : "";

    private static string Row(string name, string text) => $"  {name,-11} {text}";
}
