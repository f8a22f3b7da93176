using System.Text.Json;
using System.Text.Json.Serialization;

namespace Inception.Distributed.Coordinator.History;

/// <summary>A line of a run's <c>log.jsonl</c>: one applied step.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Epoch">Passes over the training set when the step was applied.</param>
/// <param name="Loss">What was minimised; null: not finite.</param>
/// <param name="AuxLoss">Mean over the auxiliary heads; null where there are none too.</param>
/// <param name="ImagesPerSecond">Over this step.</param>
/// <param name="Seconds">Where the time of rank 0 went.</param>
public sealed record StepPoint(
    long Step, double Epoch, double? Loss, double? MainLoss, double? AuxLoss, double LearningRate, double? GradientNorm, bool Skipped, double ImagesPerSecond,
    StepSeconds Seconds);

/// <summary>The phases of a step, in seconds.</summary>
public sealed record StepSeconds(double Data, double Forward, double Backward, double Reduction, double Update);

/// <summary>A line of a run's <c>evaluations.jsonl</c>.</summary>
/// <param name="Top1">As a fraction of 1; of the running average of the weights where the job keeps one.</param>
/// <param name="Top1Raw">Of the weights themselves then, where they were evaluated too.</param>
public sealed record EvaluationPoint(long Step, double Epoch, double Top1, double Top5, double Loss, double? Top1Raw, double? Top5Raw);

/// <summary>A list of workers that trained from some step on.</summary>
/// <param name="FirstStep">The applied steps at which it began, or fewer.</param>
/// <param name="Reason">Why it took the place of the one before it: a sentence.</param>
public sealed record GenerationPoint(long Number, DateTimeOffset At, long FirstStep, int Workers, string Reason);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StepPoint))]
[JsonSerializable(typeof(EvaluationPoint))]
internal sealed partial class HistoryJson : JsonSerializerContext;
