using System.Text.Json.Serialization;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Output;

/// <summary>Writes <c>log.jsonl</c> and adds up the figures of the steps since the process started. For any thread.</summary>
/// <param name="lines">Where the lines go.</param>
/// <param name="firstStep">Applied steps at the start.</param>
internal sealed class StepLog(JsonLines lines, long firstStep)
{
    // Speed is shown over this many of the last steps.
    private const int WindowLength = 20;

    private readonly Lock _lock = new();
    private readonly Queue<(long Samples, double Seconds)> _window = new();
    private readonly PhaseSeconds _phases = new();
    private StepReport? _last;
    private long _samples;
    private double _seconds;

    /// <summary>To be called in the order of the steps.</summary>
    /// <exception cref="InvalidOperationException">A step is missing or comes a second time.</exception>
    public void Add(StepReport report)
    {
        lock (_lock)
        {
            var expected = (_last?.Step ?? firstStep) + 1;
            if (report.Step != expected)
                throw new InvalidOperationException($"The report of step {report.Step} came where that of step {expected} was due.");
            _last = report;
            _samples += report.Samples;
            _seconds += report.Seconds;
            _window.Enqueue((report.Samples, report.Seconds));
            if (_window.Count > WindowLength) _window.Dequeue();
            _phases.Data += report.Phases.Data;
            _phases.Forward += report.Phases.Forward;
            _phases.Backward += report.Phases.Backward;
            _phases.Reduction += report.Phases.Reduction;
            _phases.Update += report.Phases.Update;
            lines.Write(LogLine.Of(report));
        }
    }

    public StepFigures Read()
    {
        lock (_lock)
        {
            return new StepFigures(
                _last, _phases.Clone(), Rate(_samples, _seconds), Rate(_window.Sum(step => step.Samples), _window.Sum(step => step.Seconds)));
        }
    }

    private static double Rate(long samples, double seconds) => seconds > 0 ? samples / seconds : 0;

    /// <summary>A line of the log. A figure that is not finite, which JSON can't say, is null.</summary>
    private sealed record LogLine(
        long Step, double Epoch, double? Loss, double? MainLoss, double? AuxLoss, double LearningRate, double? GradientNorm,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Skipped,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Corrupt,
        double ImagesPerSecond, Phases Seconds)
    {
        public static LogLine Of(StepReport report) => new(
            report.Step, report.Epoch, Finite(report.Loss), Finite(report.MainLoss), Finite(report.AuxiliaryLoss), report.LearningRate,
            Finite(report.GradientNorm), report.Skipped, report.Corrupt, Rate(report.Samples, report.Seconds), Phases.Of(report.Phases));

        private static double? Finite(double value) => double.IsFinite(value) ? value : null;
    }
}

/// <param name="Last">Null: no step yet.</param>
/// <param name="Phases">Seconds of rank 0, since the process started.</param>
/// <param name="ImagesPerSecond">Since the process started, time between steps (evaluation, checkpoints) left out.</param>
/// <param name="RecentImagesPerSecond">Over the last steps.</param>
internal sealed record StepFigures(StepReport? Last, PhaseSeconds Phases, double ImagesPerSecond, double RecentImagesPerSecond);

/// <summary>The phases of a step as they are written to files, in seconds.</summary>
internal sealed record Phases(double Data, double Forward, double Backward, double Reduction, double Update)
{
    public static Phases Of(PhaseSeconds seconds) => new(seconds.Data, seconds.Forward, seconds.Backward, seconds.Reduction, seconds.Update);
}
