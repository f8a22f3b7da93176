using System.Text.Json;
using Inception.Distributed.Coordinator.Machine;

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

    public RunFiles(RunDirectory directory, RunSettings settings, TimeProvider time)
    {
        _directory = directory;
        _time = time;
        _started = time.GetTimestamp();
        AtomicFile.Write(directory.Job, settings.JobYaml);
        File.Delete(directory.Result); // That of the process which this one goes on from.
        JsonLines.CutAfter(directory.Log, settings.FirstStep);
        JsonLines.CutAfter(directory.Samples, settings.FirstStep);
        // The evaluation due at the first step is done again.
        JsonLines.CutAfter(directory.Evaluations, settings.FirstStep - 1);
        _steps = JsonLines.Append(directory.Log);
        _evaluations = JsonLines.Append(directory.Evaluations);
        Steps = new StepLog(_steps, settings.FirstStep);
        if (!settings.Job.Data.RecordSamples) return;
        _samples = JsonLines.Append(directory.Samples);
        Samples = new SampleLedger(_samples, settings.Job.Batch.Global);
    }

    public StepLog Steps { get; }

    /// <summary>Null: the job does not ask for it.</summary>
    public SampleLedger? Samples { get; }

    public void Write(EvaluationOutcome evaluation) => _evaluations.Write(evaluation);

    /// <summary>Tells programs on this host where the coordinator listens, until <see cref="Dispose"/>.</summary>
    public void Announce(Uri url) =>
        AtomicFile.Write(_directory.Coordinator, JsonSerializer.Serialize(new { Url = url, Pid = Environment.ProcessId }, JsonLines.Options) + "\n");

    public void WriteResult(RunState state, RunOutcome outcome) =>
        AtomicFile.Write(_directory.Result, RunResult.Of(state, outcome, Steps.Read(), _time.GetElapsedTime(_started)).ToJson());

    public void Dispose()
    {
        File.Delete(_directory.Coordinator);
        _steps.Dispose();
        _evaluations.Dispose();
        _samples?.Dispose();
    }
}
