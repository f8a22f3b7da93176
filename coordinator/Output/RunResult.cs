using System.Collections.Immutable;
using System.Text.Json;
using Inception.Distributed.Coordinator.Machine;

namespace Inception.Distributed.Coordinator.Output;

/// <summary><c>result.json</c>: how the run ended.</summary>
/// <param name="Step">Applied steps.</param>
/// <param name="Top1">Of the last evaluation, as a fraction of 1; null: none in this process.</param>
/// <param name="Top1Raw">
/// Of the weights themselves, where <paramref name="Top1"/> is of their running average; null: none, or the raw weights were not evaluated.
/// </param>
/// <param name="WeightsSha256">Null when the run failed, unless in saving its result.</param>
/// <param name="ImagesPerSecond">Over the steps of this process.</param>
/// <param name="Workers">Members of the last generation.</param>
/// <param name="SecondsTotal">Life of this process.</param>
/// <param name="PeakMemoryBytes">Most resident memory of rank 0's process so far.</param>
/// <param name="Corrupt">Training samples of the whole run, over all its processes, that could not be decoded; others took their places.</param>
/// <param name="Seconds">Rank 0's phases, added up.</param>
/// <param name="Generations">That were formed in this run.</param>
/// <param name="StepsRecomputed">Applied steps that were lost with every worker that held them, and were done again.</param>
/// <param name="MicroBatchesKept">Of steps that a change of membership interrupted: those that were not computed again.</param>
/// <param name="StepsSkipped">Steps in the log whose update was skipped for their numbers.</param>
/// <param name="Rollbacks">Of this run, oldest first: the bad step, and the step that it went back to.</param>
/// <param name="Recoveries">Of this process: one for each generation that took the place of a broken one.</param>
internal sealed record RunResult(
    string State, string Reason, double Epoch, long Step, double? Top1, double? Top5, double? Top1Raw, double? Top5Raw,
    string? WeightsSha256, string? StateSha256, double ImagesPerSecond, int Workers, double SecondsTotal, long PeakMemoryBytes, long Corrupt, Phases Seconds,
    long Generations, long StepsRecomputed, long MicroBatchesKept, long StepsSkipped, ImmutableArray<Rollback> Rollbacks,
    ImmutableArray<Recovery> Recoveries)
{
    private static readonly JsonSerializerOptions Options = new(JsonLines.Options) { WriteIndented = true };

    public static RunResult Of(
        RunState state, RunOutcome outcome, StepFigures figures, Recovered recovered, TimeSpan total)
    {
        var step = Math.Max(outcome.Step, figures.LastStep);
        return new RunResult(
            outcome.State, outcome.Reason, state.Plan?.EpochAt(step) ?? 0, step, state.LastEvaluation?.Top1, state.LastEvaluation?.Top5,
            state.LastEvaluation?.Top1Raw, state.LastEvaluation?.Top5Raw, NullIfEmpty(outcome.WeightsSha256), NullIfEmpty(outcome.StateSha256),
            figures.ImagesPerSecond, outcome.Workers, total.TotalSeconds, figures.Last?.PeakMemoryBytes ?? 0, figures.CorruptOfRun, Phases.Of(figures.Phases),
            state.LastGeneration - state.Settings.PreviousGeneration, recovered.StepsRecomputed, state.KeptMicroBatches, figures.SkippedInLog,
            state.Rollbacks, recovered.Recoveries);
    }

    public string ToJson() => JsonSerializer.Serialize(this, Options) + "\n";

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
