using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Inception.Distributed.Hosting;

/// <summary>What Prometheus' own client libraries tell of a process, under their names.</summary>
internal sealed class ProcessMetrics : IDisposable
{
    public const string MeterName = "Inception.Distributed.Process";

    private readonly Meter _meter = new(MeterName);
    private readonly Process _process = Process.GetCurrentProcess();

    public ProcessMetrics()
    {
        var started = new DateTimeOffset(_process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        _meter.CreateObservableCounter("process.cpu", () => Read(process => process.TotalProcessorTime.TotalSeconds), "s", "User and system CPU time.");
        _meter.CreateObservableGauge("process.resident_memory", () => Read(process => process.WorkingSet64), "By", "Resident memory size.");
        _meter.CreateObservableGauge("process.threads", () => Read(process => process.Threads.Count), description: "Threads of the process.");
        _meter.CreateObservableGauge("process.start_time", () => started, "s", "Start of the process, since the Unix epoch.");
    }

    public void Dispose()
    {
        _meter.Dispose();
        _process.Dispose();
    }

    private T Read<T>(Func<Process, T> figure)
    {
        lock (_process)
        {
            _process.Refresh();
            return figure(_process);
        }
    }
}
