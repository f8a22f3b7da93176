namespace Inception.Distributed.Worker.Tests.Checkpointing;

/// <summary>A clock that stands still until a test moves it; its timers fire then.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            var timer = new Timer(this, () => callback(state), dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : _ticks + dueTime.Ticks);
            _timers.Add(timer);
            Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            return timer;
        }
    }

    /// <summary>Once somebody waits for this long, the time is over.</summary>
    public async Task ElapseAsync(TimeSpan wait)
    {
        while (true)
        {
            Task changed;
            Timer? timer;
            lock (_lock)
            {
                changed = _changed.Task;
                timer = _timers.Find(one => one.Due == _ticks + wait.Ticks);
                if (timer is not null)
                {
                    _timers.Remove(timer);
                    Volatile.Write(ref _ticks, timer.Due);
                }
            }

            if (timer is not null)
            {
                timer.Fire();
                return;
            }

            await changed.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        }
    }

    private sealed class Timer(SteppedTime time, Action fire, long due) : ITimer
    {
        public long Due => due;

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            lock (time._lock) time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
