namespace Inception.Distributed.Cli.Chaos;

/// <summary>How long training stood still for a fault.</summary>
/// <param name="Fault">Its kind, e.g. <c>kill</c>.</param>
/// <param name="Formed">Seconds from the fault until the next generation stood.</param>
/// <param name="NextStep">Seconds from the fault until the first step of that generation was applied.</param>
/// <param name="Alone">No other fault came in between.</param>
internal sealed record MeasuredRecovery(string Fault, double Formed, double NextStep, bool Alone);

/// <summary>Measures recoveries and counts steps that were done again. For any thread.</summary>
/// <param name="told">Called with each recovery once it is complete.</param>
internal sealed class RecoveryMeter(TimeProvider time, Action<MeasuredRecovery> told)
{
    private readonly Lock _lock = new();
    private readonly List<MeasuredRecovery> _done = [];
    private (string Fault, long Since, long Generation, (long At, long Step)? Stood, bool Alone)? _open;
    private long _generation;
    private long _step;

    public IReadOnlyList<MeasuredRecovery> Done
    {
        get
        {
            lock (_lock) return [.. _done];
        }
    }

    /// <summary>Applied steps that were lost with all who held them.</summary>
    public long StepsRecomputed { get; private set; }

    /// <summary>A fault begins.</summary>
    /// <param name="measured">Its kind, if it ends the present generation; null: it does not, or not by itself.</param>
    public void Fault(string? measured)
    {
        lock (_lock)
        {
            if (_open is { } open) _open = open with { Alone = false };
            else if (measured is not null) _open = (measured, time.GetTimestamp(), _generation, null, true);
        }
    }

    public void Stood(long generation, long step, long at)
    {
        lock (_lock)
        {
            _generation = generation;
            StepsRecomputed += Math.Max(0, _step - step);
            _step = step;
            // One that breaks before it has come to a step counts as one with its successor.
            if (_open is { } open && generation > open.Generation) _open = open with { Stood = (at, step) };
        }
    }

    public void Applied(long step, long at)
    {
        MeasuredRecovery recovery;
        lock (_lock)
        {
            _step = Math.Max(_step, step);
            // What survivors had to tell of the steps before is written when the generation stands.
            if (_open is not { Stood: { } stood } open || step <= stood.Step) return;
            recovery = new MeasuredRecovery(open.Fault, time.GetElapsedTime(open.Since, stood.At).TotalSeconds, time.GetElapsedTime(open.Since, at).TotalSeconds, open.Alone);
            _done.Add(recovery);
            _open = null;
        }
        told(recovery);
    }

    /// <summary>The run is over; what is being measured came to no end.</summary>
    public void NextRun()
    {
        lock (_lock) (_open, _generation, _step) = (null, 0, 0);
    }
}
