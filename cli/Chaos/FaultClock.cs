namespace Inception.Distributed.Cli.Chaos;

/// <summary>The time that faults are addressed by: seconds of training, over all runs of the job. Stands still at first. For any thread.</summary>
internal sealed class FaultClock(TimeProvider time)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private double _before;
    private long? _since;

    public double Seconds
    {
        get
        {
            lock (_lock) return _before + (_since is { } since ? time.GetElapsedTime(since).TotalSeconds : 0);
        }
    }

    public void Go()
    {
        lock (_lock)
        {
            _since ??= time.GetTimestamp();
            _running.TrySetResult();
        }
    }

    public void Stand()
    {
        lock (_lock)
        {
            if (_since is not { } since) return;
            _before += time.GetElapsedTime(since).TotalSeconds;
            _since = null;
            _running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public async Task UntilAsync(double seconds, CancellationToken cancellationToken)
    {
        while (seconds - Seconds is var left and > 0)
        {
            Task running;
            lock (_lock) running = _running.Task;
            await running.WaitAsync(cancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(left), time, cancellationToken);
        }
    }
}
