using System.Diagnostics.Metrics;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Worker.Metrics;

/// <summary>One worker as a meter, since the start of its process. docs/operations.md has the names as Prometheus sees them. For any thread.</summary>
internal sealed class WorkerMetrics : IDisposable
{
    public const string MeterName = "Inception.Distributed.Worker";

    private readonly Meter _meter = new(MeterName);
    private readonly Lock _lock = new();
    private readonly PhaseSeconds _phases = new();
    private long _steps;
    private long _step;
    private long _generation;
    private int _rank = -1;
    private long _generations;
    private long _connections;

    public WorkerMetrics()
    {
        Counter("steps", "Steps that this worker has applied.", () => _steps);
        Counter("generations", "Generations that this worker has been a member of.", () => _generations);
        Counter("coordinator_connections", "Connections to the coordinator; more than one: it was lost and found again.", () => _connections);
        _meter.CreateObservableCounter("inception.worker.phase_time", Phases, "s", "Time of this worker's steps by phase; data is the wait for the input.");
        Gauge("step", "Applied steps of the state that this worker holds.", () => _step);
        Gauge("generation", "Generation that this worker is or was last a member of; 0: none.", () => _generation);
        Gauge("rank", "Rank in that generation; -1: none.", () => _rank);
    }

    public void Connected()
    {
        lock (_lock) _connections++;
    }

    public void Formed(long generation, int rank, long step)
    {
        lock (_lock) (_generation, _rank, _step, _generations) = (generation, rank, step, _generations + 1);
    }

    public void Applied(StepReport report)
    {
        lock (_lock)
        {
            _steps++;
            _step = report.Step;
            _phases.Add(report.Phases);
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Counter(string name, string description, Func<long> read) =>
        _meter.CreateObservableCounter("inception.worker." + name, () => Read(read), description: description);

    private void Gauge(string name, string description, Func<long> read) =>
        _meter.CreateObservableGauge("inception.worker." + name, () => Read(read), description: description);

    private long Read(Func<long> read)
    {
        lock (_lock) return read();
    }

    private IEnumerable<Measurement<double>> Phases()
    {
        lock (_lock)
        {
            return
            [
                Phase("data", _phases.Data), Phase("forward", _phases.Forward), Phase("backward", _phases.Backward),
                Phase("reduction", _phases.Reduction), Phase("update", _phases.Update),
            ];
        }
    }

    private static Measurement<double> Phase(string name, double seconds) => new(seconds, new KeyValuePair<string, object?>("phase", name));
}
