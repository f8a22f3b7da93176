using System.Diagnostics.Metrics;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Operations;
using Inception.Distributed.Coordinator.Output;
using Inception.Distributed.Coordinator.Security;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Metrics;

/// <summary>
/// The run as a meter: everything is read when somebody collects, so the run does no work for it. Counters count since the start of this process.
/// Labels are those of fixed lists. docs/operations.md has the names as Prometheus sees them.
/// </summary>
internal sealed class RunMetrics : IDisposable
{
    public const string MeterName = "Inception.Distributed.Coordinator";

    private static readonly string[] RunStates = ["waiting", "forming", "training", "evaluating", "finishing", "finished", "stopped", "failed"];
    private static readonly string[] WorkerStates = ["connecting", "ready", "forming", "training", "leaving", "left out", "away"];

    private readonly Meter _meter = new(MeterName);
    private readonly RunStatusBuilder _status;

    public RunMetrics(RunStatusBuilder status, StepLog steps, RunFiles files, RunCounters counters, Refusals refusals, RunEpoch run)
    {
        _status = status;
        AddSteps(steps.Read, files.Recoveries.Read);
        AddEvents(counters.Read, files.Recoveries.Read);
        AddState(run);
        _meter.CreateObservableCounter("inception.refusals", () => Enum.GetValues<Refusal>().Select(kind => Counted(refusals.Count(kind), "reason", Word(kind))),
            description: "Connections, calls and messages that were turned away.");
    }

    public void Dispose() => _meter.Dispose();

    private void AddSteps(Func<StepFigures> steps, Func<Recovered> recovered)
    {
        Counter("steps", "Steps written to log.jsonl, those of inception_recomputed_steps_total among them.", () => steps().Steps);
        Counter("recomputed_steps", "Applied steps that were lost with every worker that held them; their lines were dropped from log.jsonl.", () => recovered().StepsRecomputed);
        Counter("skipped_steps", "Steps whose update was skipped for bad numbers.", () => steps().Skipped);
        Counter("samples", "Training samples of the steps in inception_steps_total.", () => steps().Samples);
        Counter("corrupt_samples", "Samples that could not be decoded and whose places others took.", () => steps().Corrupt);
        Counter("step_time", "Wall-clock time of rank 0's steps, evaluation and checkpoints left out.", () => steps().Seconds, "s");
        _meter.CreateObservableCounter("inception.phase_time", () => Phases(steps().Phases), "s", "Time of rank 0's steps by phase; data is the wait for the input.");
        Gauge("loss", "Loss of the last step, the mean over the global batch.", () => steps().Last?.Loss);
        Gauge("learning_rate", "Learning rate of the last step.", () => steps().Last?.LearningRate);
        Gauge("gradient_norm", "Global L2 norm of the last step's gradient, before clipping.", () => steps().Last?.GradientNorm);
        Gauge("images_per_second", "Training speed over the last steps.", () => steps().RecentImagesPerSecond);
    }

    private void AddEvents(Func<RunCounts> counts, Func<Recovered> recovered)
    {
        Counter("generations", "Generations formed.", () => counts().Generations);
        Counter("lost_workers", "Workers that ended or fell silent without having been drained.", () => counts().LostWorkers);
        Counter("recoveries", "Broken generations that another one took the place of, up to its first step.", () => recovered().Recoveries.Length);
        Counter("recovery_time", "From the decisions on those generations to their first steps.", () => recovered().Recoveries.Sum(recovery => recovery.NextStep), "s");
        Counter("checkpoints", "Checkpoints committed.", () => counts().Checkpoints);
        Counter("failed_checkpoints", "Checkpoints that could not be written.", () => counts().FailedCheckpoints);
        Counter("checkpoint_size", "Size of the checkpoints committed, added up.", () => counts().CheckpointBytes, "By");
        Counter("checkpoint_time", "Time that writing them took, in the background.", () => counts().CheckpointSeconds, "s");
        Counter("evaluations", "Evaluations of the validation set.", () => counts().Evaluations);
    }

    private void AddState(RunEpoch run)
    {
        Status("step", "Applied steps of the run.", status => status.Step);
        Status("planned_steps", "Steps of the whole run; 0 until the first worker has told the size of the dataset.", status => status.TotalSteps);
        Status("epoch", "Epochs of the run that are done.", status => status.Epoch);
        Status("generation", "Number of the present generation.", status => status.Generation);
        Status("top1_ratio", "Top-1 accuracy of the last evaluation, of 1.", status => status.LastEvaluation?.Top1);
        Status("top5_ratio", "Top-5 accuracy of the last evaluation, of 1.", status => status.LastEvaluation?.Top5);
        Status("evaluation_loss", "Loss of the last evaluation.", status => status.LastEvaluation?.Loss);
        Status("waiting_time", "How long the run has been waiting for workers; 0: it is not.", status => status.WaitingSeconds, "s");
        Status("oldest_heartbeat", "Since the last sign of life of the worker that has been silent for longest.",
            status => status.Workers.Select(worker => worker.SecondsSinceHeartbeat).DefaultIfEmpty().Max(), "s");
        Gauge("coordinator_process", "Number of this process among those of the run, from 1.", () => run.Epoch);
        _meter.CreateObservableGauge("inception.run_state", () => Each(RunStates, "state", state => _status.Build().State == state ? 1 : 0),
            description: "1 for the state that the run is in, 0 for the others.");
        _meter.CreateObservableGauge("inception.workers", () =>
        {
            var states = _status.Build().Workers.CountBy(worker => worker.State).ToDictionary();
            return Each(WorkerStates, "state", states.GetValueOrDefault);
        }, description: "Workers by state.");
    }

    private void Counter(string name, string description, Func<long> read) => _meter.CreateObservableCounter("inception." + name, read, description: description);

    private void Counter(string name, string description, Func<double> read, string unit) =>
        _meter.CreateObservableCounter("inception." + name, read, unit, description);

    private void Counter(string name, string description, Func<long> read, string unit) =>
        _meter.CreateObservableCounter("inception." + name, read, unit, description);

    // Nothing is shown of what is not known yet.
    private void Gauge(string name, string description, Func<double?> read, string? unit = null) => _meter.CreateObservableGauge(
        "inception." + name, IEnumerable<Measurement<double>> () => read() is { } value ? [new Measurement<double>(value)] : [], unit, description);

    private void Status(string name, string description, Func<RunStatus, double?> read, string? unit = null) =>
        Gauge(name, description, () => read(_status.Build()), unit);

    private static IEnumerable<Measurement<double>> Phases(PhaseSeconds phases) =>
    [
        Labelled(phases.Data, "phase", "data"), Labelled(phases.Forward, "phase", "forward"), Labelled(phases.Backward, "phase", "backward"),
        Labelled(phases.Reduction, "phase", "reduction"), Labelled(phases.Update, "phase", "update"),
    ];

    private static IEnumerable<Measurement<double>> Each(IEnumerable<string> values, string label, Func<string, int> read) =>
        [.. values.Select(value => Labelled(read(value), label, value))];

    private static Measurement<long> Counted(long value, string label, string text) => new(value, new KeyValuePair<string, object?>(label, text));

    private static string Word(Refusal kind) => kind switch
    {
        Refusal.TooMany => "too_many",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static Measurement<double> Labelled(double value, string label, string text) => new(value, new KeyValuePair<string, object?>(label, text));
}
