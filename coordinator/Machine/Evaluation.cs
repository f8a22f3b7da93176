using System.Collections.Immutable;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>Adds up the blocks of all ranks in their fixed order, so the figures do not depend on who evaluated which.</summary>
internal static class Evaluation
{
    public static Decision OnBlocks(RunState state, BlocksEvaluated evaluated)
    {
        if (state.Phase is not Executing { Order.Kind: OrderKind.Evaluate } executing || executing.Order.Step != evaluated.Step)
            return Decision.Ignore(state);
        return Decision.To(state with
        {
            Phase = executing with
            {
                Blocks = executing.Blocks.SetItems(evaluated.Blocks.Select(block => KeyValuePair.Create(block.Index, block))),
                EvaluationSeconds = Math.Max(executing.EvaluationSeconds, evaluated.Seconds),
            },
        });
    }

    public static Decision Conclude(RunState state, Executing executing)
    {
        var plan = state.Plan!;
        var step = executing.Order.Step;
        var blocks = executing.Blocks.Values.ToImmutableArray();
        var images = blocks.Sum(block => (long)block.Images);
        if (images != plan.ValidationSamples || !blocks.Select(block => block.Index).SequenceEqual(Enumerable.Range(0, blocks.Length)))
        {
            if (state.StopReason is not null || executing.Yielding is not null) return Decision.To(state, $"The evaluation of step {step} was broken off.");
            return Ending.Fail(state,
                $"The evaluation of step {step} is not whole: {images} of {plan.ValidationSamples} images in blocks {Indices(blocks)}.");
        }
        var raw = blocks.Select(block => block.Raw).OfType<RawFigures>().ToList();
        var hasRaw = raw.Count == blocks.Length;
        var outcome = new EvaluationOutcome(
            step,
            plan.EpochAt(step),
            (double)blocks.Sum(block => (long)block.Top1Correct) / images,
            (double)blocks.Sum(block => (long)block.Top5Correct) / images,
            blocks.Aggregate(0.0, (sum, block) => sum + block.LossSum) / images,
            images,
            executing.EvaluationSeconds,
            hasRaw ? (double)raw.Sum(figures => (long)figures.Top1Correct) / images : null,
            hasRaw ? (double)raw.Sum(figures => (long)figures.Top5Correct) / images : null,
            hasRaw ? raw.Aggregate(0.0, (sum, figures) => sum + figures.LossSum) / images : null);
        return Decision.To(
            state with { LastEvaluation = outcome, Progress = state.Progress with { EvaluatedStep = step } },
            $"Evaluation at step {step}: {Words(outcome)}.",
            [
                new RecordEvaluation(executing.Generation.Number, outcome),
                // Its checkpoint may be the best one now.
                .. state.Settings.Job.Checkpoint.KeepBest > 0 ? [Checkpointing.Prune(state, "")] : Array.Empty<Effect>(),
            ]);
    }

    private static string Words(EvaluationOutcome outcome)
    {
        var figures = FormattableString.Invariant(
            $"top-1 {outcome.Top1 * 100:F2} %, top-5 {outcome.Top5 * 100:F2} %, loss {outcome.Loss:F4}");
        return outcome.Top1Raw is null ? figures : figures + FormattableString.Invariant(
            $" with averaged weights; {outcome.Top1Raw * 100:F2} %, {outcome.Top5Raw * 100:F2} %, {outcome.LossRaw:F4} with the raw ones");
    }

    private static string Indices(ImmutableArray<EvaluatedBlock> blocks) => string.Join(", ", blocks.Select(block => block.Index));
}
