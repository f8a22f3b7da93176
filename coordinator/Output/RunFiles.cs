using System.Text.Json;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Output;

/// <summary>The files of a run in progress: what it is, where it listens, what it did, how it ended.</summary>
internal sealed class RunFiles : IDisposable
{
    private readonly RunDirectory _directory;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly JsonLines _steps;
    private readonly JsonLines _evaluations;
    private readonly JsonLines? _samples;
    private long _lastEvaluation;

    /// <param name="state">Of a run that another process began; null: the run begins at the settings' first step, and files are cut back to it.</param>
    public RunFiles(RunDirectory directory, RunSettings settings, RunState? state, TimeProvider time)
    {
        _directory = directory;
        _time = time;
        _started = time.GetTimestamp();
        AtomicFile.Write(directory.Job, settings.JobYaml);
        if (state?.Phase is not Ended) File.Delete(directory.Result); // That of the process which this one goes on from.
        var lastStep = state is null ? settings.FirstStep : long.MaxValue - 1;
        JsonLines.CutAfter(directory.Log, lastStep);
        JsonLines.CutAfter(directory.Samples, lastStep);
        // The evaluation due at the first step is done again.
        JsonLines.CutAfter(directory.Evaluations, lastStep - 1);
        _steps = JsonLines.Append(directory.Log);
        _evaluations = JsonLines.Append(directory.Evaluations);
        _lastEvaluation = _evaluations.ReadLastStep() ?? -1;
        Steps = new StepLog(_steps, _steps.ReadLastStep() ?? settings.FirstStep);
        Recoveries = new Recoveries(time);
        // The process before this one may have ended between the journal and the file.
        if (state?.LastEvaluation is { } evaluation && evaluation.Step <= state.Progress.EvaluatedStep) Write(evaluation);
        if (!settings.Job.Data.RecordSamples) return;
        _samples = JsonLines.Append(directory.Samples);
        Samples = new SampleLedger(_samples, settings.Job.Batch, _samples.ReadLastStep() ?? settings.FirstStep);
    }

    public StepLog Steps { get; }

    /// <summary>Null: the job does not ask for it.</summary>
    public SampleLedger? Samples { get; }

    public Recoveries Recoveries { get; }

    /// <summary>The newest step that is in all files; reports up to it need not come again.</summary>
    public long LastStep => Math.Min(Steps.LastStep, Samples?.LastStep ?? long.MaxValue);

    /// <summary>What one rank tells of a step that was applied.</summary>
    public void Add(bool isRank0, StepReport report)
    {
        Recoveries.Applied(report.Generation);
        Steps.Add(isRank0, report);
        Samples?.Add(report);
    }

    /// <summary>Every rank stands at this step: the files hold what led to it, and nothing past it.</summary>
    /// <returns>How many steps the log should hold and does not.</returns>
    /// <param name="isRollback">Steps that come off were not lost.</param>
    public long Stand(RunState state, long step, bool isRollback)
    {
        var (missing, dropped) = Steps.Stand(step);
        Samples?.Stand(step, state.Plan!.CreateOrder(), state.PassedOver);
        if (!isRollback) Recoveries.Recomputed(dropped);
        if (_lastEvaluation > step)
        {
            _evaluations.CutAfter(step);
            _lastEvaluation = _evaluations.ReadLastStep() ?? -1;
        }
        return missing;
    }

    /// <summary>What was written is on the disk when this returns.</summary>
    public void Flush()
    {
        Steps.Flush();
        Samples?.Flush();
    }

    public void Write(EvaluationOutcome evaluation)
    {
        if (evaluation.Step <= _lastEvaluation) return;
        _evaluations.Write(new EvaluationLine(
            evaluation.Step, evaluation.Epoch, evaluation.Top1, evaluation.Top5, Finite(evaluation.Loss), evaluation.Images, evaluation.Seconds,
            evaluation.Top1Raw, evaluation.Top5Raw, Finite(evaluation.LossRaw)));
        _lastEvaluation = evaluation.Step;
    }

    /// <summary>Tells programs on this host where the coordinator listens, until <see cref="Dispose"/>.</summary>
    public void Announce(Uri url) =>
        AtomicFile.Write(_directory.Coordinator, JsonSerializer.Serialize(new { Url = url, Pid = Environment.ProcessId }, JsonLines.Options) + "\n");

    public void WriteResult(RunState state, RunOutcome outcome) => AtomicFile.Write(
        _directory.Result, RunResult.Of(state, outcome, Steps.Read(), Recoveries.Read(), _time.GetElapsedTime(_started)).ToJson());

    // JSON has no word for what is not finite.
    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private sealed record EvaluationLine(
        long Step, double Epoch, double Top1, double Top5, double? Loss, long Images, double Seconds, double? Top1Raw, double? Top5Raw, double? LossRaw);

    public void Dispose()
    {
        File.Delete(_directory.Coordinator);
        _steps.Dispose();
        _evaluations.Dispose();
        _samples?.Dispose();
    }
}
