using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Bench;

/// <summary>Waits for what the coordinator says of itself, at most a tenth of a second late.</summary>
internal sealed class Watch(Operator.OperatorClient client)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public async Task<RunStatus> UntilAsync(Func<RunStatus, bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var watch = client.Watch(new StatusRequest(), cancellationToken: patience.Token);
        await foreach (var status in watch.ResponseStream.ReadAllAsync(patience.Token))
        {
            if (condition(status)) return status;
        }
        throw new InvalidOperationException("The run has ended.");
    }
}

/// <summary>CPU and memory of a process.</summary>
internal sealed class Meter
{
    private readonly Process _process;
    private TimeSpan _cpu;
    private long _since;

    public Meter(int process)
    {
        _process = Process.GetProcessById(process);
        Restart();
    }

    public void Restart()
    {
        _process.Refresh();
        (_cpu, _since) = (_process.TotalProcessorTime, Stopwatch.GetTimestamp());
    }

    public override string ToString()
    {
        _process.Refresh();
        var (used, passed) = ((_process.TotalProcessorTime - _cpu).TotalSeconds, Stopwatch.GetElapsedTime(_since).TotalSeconds);
        return string.Create(CultureInfo.InvariantCulture, $"coordinator: {100 * used / passed:0} % of a core, {_process.WorkingSet64 / 1e6:0} MB");
    }
}

/// <summary>When the first of all workers was assigned to a generation.</summary>
internal sealed class FirstAssignment
{
    private long _at;

    public Task Take(long generation)
    {
        Interlocked.CompareExchange(ref _at, Stopwatch.GetTimestamp(), 0);
        return Task.CompletedTask;
    }

    public double Elapsed(Stopwatch until) => Stopwatch.GetElapsedTime(_at).TotalSeconds;
}
