using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Display;

/// <summary>A run's status as <c>inception status</c> prints it.</summary>
internal static class StatusReport
{
    public static IEnumerable<string> Of(RunStatus status)
    {
        yield return $"{status.JobName}: {status.State}{(status.Reason == "" ? "" : $" ({status.Reason})")}";
        yield return Row("output", status.Output);
        if (status.TotalSteps > 0) yield return Row("progress", $"{StatusText.Position(status)}  {StatusText.Speed(status)}");
        if (status.WaitingFor != "") yield return Row("waiting", $"for {status.WaitingFor}; {Format.Duration(status.WaitingSeconds)} until now");
        if (status.LastStep is { } step) yield return Row("last step", StatusText.Step(step));
        if (StatusText.Phases(status.PhasesTotal) is { Length: > 0 } phases) yield return Row("time", phases);
        if (StatusText.Numbers(status.SkippedSteps, [.. status.Rollbacks.Select(rollback => (rollback.BadStep, rollback.ToStep))]) is { Length: > 0 } numbers)
            yield return Row("numbers", numbers);
        if (status.LastEvaluation is { } evaluation) yield return Row("evaluation", StatusText.Evaluation(evaluation));
        if (status.LastCheckpoint != "") yield return Row("checkpoint", status.LastCheckpoint);
        if (status.CheckpointFailure != "") yield return Row("not saved", status.CheckpointFailure);
        yield return Row("workers", Format.Text($"{status.Workers.Count}, generation {status.Generation}"));
        foreach (var worker in status.Workers) yield return "  " + Worker(worker);
    }

    private static string Row(string name, string text) => $"  {name,-11} {text}";

    private static string Worker(WorkerStatus worker)
    {
        var rank = worker.Rank < 0 ? "no rank" : Format.Text($"rank {worker.Rank}, {Format.Count(worker.MicroBatchCount, "micro-batch", "es")}");
        return Format.Text($"{worker.WorkerId} on {worker.Host} ({worker.Device}): {worker.State}, {rank}, step {worker.Step}, ")
            + Format.Text($"heard of {Format.Duration(worker.SecondsSinceHeartbeat)} ago{(worker.Activity == "" ? "" : $", {worker.Activity}")}{(worker.Straggling == "" ? "" : $"; keeps the others waiting: {worker.Straggling}")}");
    }
}
