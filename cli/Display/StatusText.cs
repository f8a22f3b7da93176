using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Display;

/// <summary>What a run's status says, in words.</summary>
internal static class StatusText
{
    /// <summary>One line for a log: step, epoch, loss, learning rate, images a second, time left.</summary>
    public static string Progress(RunStatus status) =>
        string.Join("  ", new[] { Position(status), Step(status.LastStep), Speed(status) }.Where(part => part != ""));

    public static string Position(RunStatus status) =>
        Format.Text($"step {status.Step}/{status.TotalSteps}  epoch {status.Epoch:0.00}/{status.TotalEpochs:0.00}");

    public static string Step(StepReport? step) => step switch
    {
        null => "",
        { AuxiliaryLoss: 0 } => Format.Text($"loss {step.Loss:0.0000}  learning rate {step.LearningRate:0.000000}{Skipped(step)}"),
        _ => Format.Text($"loss {step.Loss:0.0000} (main {step.MainLoss:0.0000}, auxiliary {step.AuxiliaryLoss:0.0000})")
            + Format.Text($"  learning rate {step.LearningRate:0.000000}{Skipped(step)}"),
    };

    public static string Speed(RunStatus status)
    {
        if (status.ImagesPerSecond <= 0) return "";
        var left = status.SecondsLeft > 0 ? $"  {Format.Duration(status.SecondsLeft)} left" : "";
        return Format.Rate(status.ImagesPerSecond) + left;
    }

    public static string Evaluation(EvaluationResult evaluation) =>
        Format.Text($"evaluation after step {evaluation.Step} (epoch {evaluation.Epoch:0.00}): top-1 {Format.Percent(evaluation.Top1)}, ")
        + Format.Text($"top-5 {Format.Percent(evaluation.Top5)}, loss {evaluation.Loss:0.0000}{Raw(evaluation.Raw)}, ")
        + $"{Format.Count(evaluation.Images)} images in {Format.Duration(evaluation.Seconds)}";

    private static string Raw(RawResult? raw) => raw is null ? ""
        : Format.Text($" with averaged weights ({Format.Percent(raw.Top1)}, {Format.Percent(raw.Top5)}, {raw.Loss:0.0000} with the raw ones)");

    /// <summary>Seconds and shares of the phases; empty before the first step.</summary>
    public static string Phases(PhaseSeconds? phases)
    {
        if (phases is null) return "";
        var total = phases.Data + phases.Forward + phases.Backward + phases.Reduction + phases.Update;
        return total == 0 ? "" : string.Join(", ",
            Phase("data", phases.Data), Phase("forward", phases.Forward), Phase("backward", phases.Backward),
            Phase("reduction", phases.Reduction), Phase("update", phases.Update));

        string Phase(string name, double seconds) => Format.Text($"{name} {Format.Duration(seconds)} ({100 * seconds / total:0.0} %)");
    }

    /// <summary>What was done about bad numbers; empty: nothing had to be.</summary>
    public static string Numbers(long skipped, IReadOnlyList<(long BadStep, long To)> rollbacks)
    {
        var parts = new List<string>();
        if (skipped > 0) parts.Add($"{Format.Count(skipped, "step")} skipped");
        if (rollbacks.Count > 0)
            parts.Add($"{Format.Count(rollbacks.Count, "rollback")} ({string.Join(", ", rollbacks.Select(rollback => Format.Text($"from step {rollback.BadStep} to {rollback.To}")))})");
        return string.Join(", ", parts);
    }

    private static string Skipped(StepReport step) =>
        (step.Skipped ? $"  skipped: {step.Trouble}" : "") + (step.Corrupt > 0 ? Format.Text($"  corrupt samples: {step.Corrupt}") : "");
}
