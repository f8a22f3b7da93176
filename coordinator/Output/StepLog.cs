using System.Text.Json.Serialization;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Output;

/// <summary>
/// Writes <c>log.jsonl</c>, each applied step once and in order, and adds up the figures of the steps since the process started. The figures
/// of a step are alike on all ranks; the times are rank 0's, or another rank's where rank 0 was lost before it had told. For any thread.
/// </summary>
/// <param name="lines">Where the lines go.</param>
/// <param name="firstStep">Applied steps at the start.</param>
internal sealed class StepLog(JsonLines lines, long firstStep)
{
    // Speed is shown over this many of the last steps.
    private const int WindowLength = 20;

    private readonly Lock _lock = new();
    private readonly Queue<(long Samples, double Seconds)> _window = new();
    private readonly PhaseSeconds _phases = new();

    // Steps that only ranks other than 0 have told of yet.
    private readonly SortedDictionary<long, StepReport> _waiting = [];
    // Of the few steps that had any, those of the run's earlier processes among them.
    private readonly SortedDictionary<long, long> _corruptOfSteps = lines.ReadNumbers("corrupt");
    private StepReport? _last;
    private long _lastStep = firstStep;
    private long _steps;
    private long _skipped;
    private long _corrupt;
    private long _skippedInLog = lines.Count(LogLine.IsSkipped);
    private long _samples;
    private double _seconds;

    /// <summary>The newest step in the file.</summary>
    public long LastStep
    {
        get
        {
            lock (_lock) return _lastStep;
        }
    }

    /// <summary>One rank's report; those of a rank come in the order of the steps. What is in the log already changes nothing.</summary>
    /// <param name="isRank0">Of the present generation.</param>
    public void Add(bool isRank0, StepReport report)
    {
        lock (_lock)
        {
            if (report.Step <= _lastStep) return;
            if (isRank0 || !_waiting.ContainsKey(report.Step)) _waiting[report.Step] = report;
            if (!isRank0) return;
            // Rank 0 has told of all steps up to this one, in this generation or by a member of an earlier one.
            WriteUpTo(report.Step);
        }
    }

    /// <summary>Every rank stands at this step: what is known up to it is written, and lines past it are dropped, for they will come anew.</summary>
    /// <returns>The steps that are missing in the log, which must not be; and how many were dropped.</returns>
    public (long Missing, long Dropped) Stand(long step)
    {
        lock (_lock)
        {
            WriteUpTo(step);
            _waiting.Clear();
            var (missing, dropped) = (Math.Max(0, step - _lastStep), Math.Max(0, _lastStep - step));
            if (dropped > 0)
            {
                lines.CutAfter(step);
                _skippedInLog = lines.Count(LogLine.IsSkipped);
                foreach (var past in _corruptOfSteps.Keys.Where(key => key > step).ToList()) _corruptOfSteps.Remove(past);
            }

            _lastStep = step;
            return (missing, dropped);
        }
    }

    /// <summary>What is written is on the disk when this returns.</summary>
    public void Flush()
    {
        lock (_lock) lines.Flush();
    }

    public StepFigures Read()
    {
        lock (_lock)
        {
            return new StepFigures(
                _last, _lastStep, _phases.Clone(), Rate(_samples, _seconds), Rate(_window.Sum(step => step.Samples), _window.Sum(step => step.Seconds)))
            {
                Steps = _steps,
                Samples = _samples,
                Seconds = _seconds,
                Skipped = _skipped,
                SkippedInLog = _skippedInLog,
                Corrupt = _corrupt,
                CorruptOfRun = _corruptOfSteps.Values.Sum(),
            };
        }
    }

    private void WriteUpTo(long step)
    {
        while (_lastStep < step && _waiting.Remove(_lastStep + 1, out var report)) Write(report);
    }

    private void Write(StepReport report)
    {
        _last = report;
        _lastStep = report.Step;
        _steps++;
        if (report.Skipped) (_skipped, _skippedInLog) = (_skipped + 1, _skippedInLog + 1);
        _corrupt += report.Corrupt;
        if (report.Corrupt > 0) _corruptOfSteps[report.Step] = report.Corrupt;
        _samples += report.Samples;
        _seconds += report.Seconds;
        _window.Enqueue((report.Samples, report.Seconds));
        if (_window.Count > WindowLength) _window.Dequeue();
        _phases.Add(report.Phases);
        lines.Write(LogLine.Of(report));
    }

    private static double Rate(long samples, double seconds) => seconds > 0 ? samples / seconds : 0;

    /// <summary>A line of the log. A figure that is not finite, which JSON can't say, is null.</summary>
    private sealed record LogLine(
        long Step, double Epoch, double? Loss, double? MainLoss, double? AuxLoss, double LearningRate, double? GradientNorm,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Skipped,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Trouble,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long PassedOver,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Corrupt,
        double ImagesPerSecond, Phases Seconds)
    {
        public static LogLine Of(StepReport report) => new(
            report.Step, report.Epoch, Finite(report.Loss), Finite(report.MainLoss), Finite(report.AuxiliaryLoss), report.LearningRate,
            Finite(report.GradientNorm), report.Skipped, report.Trouble.Length > 0 ? report.Trouble : null, report.PassedOver, report.Corrupt, Rate(report.Samples, report.Seconds), Phases.Of(report.Phases));

        public static bool IsSkipped(string line) => line.Contains("\"skipped\":true", StringComparison.Ordinal);

        private static double? Finite(double value) => double.IsFinite(value) ? value : null;
    }
}

/// <param name="Last">The newest step that was told of since the process started; null: none yet.</param>
/// <param name="LastStep">The newest in the log.</param>
/// <param name="Phases">Seconds of rank 0, since the process started.</param>
/// <param name="ImagesPerSecond">Since the process started, time between steps (evaluation, checkpoints) left out.</param>
/// <param name="RecentImagesPerSecond">Over the last steps.</param>
internal sealed record StepFigures(StepReport? Last, long LastStep, PhaseSeconds Phases, double ImagesPerSecond, double RecentImagesPerSecond)
{
    /// <summary>Written since the process started; so are the figures below, of these steps.</summary>
    public long Steps { get; init; }

    public long Samples { get; init; }

    /// <summary>Rank 0's wall clock.</summary>
    public double Seconds { get; init; }

    /// <summary>Whose update was left out.</summary>
    public long Skipped { get; init; }

    /// <summary>Steps in the log whose update was left out, whichever process wrote them.</summary>
    public long SkippedInLog { get; init; }

    /// <summary>Samples that could not be decoded.</summary>
    public long Corrupt { get; init; }

    /// <summary>Likewise, of the steps of all the run's processes.</summary>
    public long CorruptOfRun { get; init; }
}

/// <summary>The phases of a step as they are written to files, in seconds.</summary>
internal sealed record Phases(double Data, double Forward, double Backward, double Reduction, double Update)
{
    public static Phases Of(PhaseSeconds seconds) => new(seconds.Data, seconds.Forward, seconds.Backward, seconds.Reduction, seconds.Update);
}
