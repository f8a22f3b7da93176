using System.Diagnostics;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Worker.Training;

internal enum Phase { Data, Forward, Backward, Reduction, Update }

/// <summary>Where the seconds of a step go. Used by the training thread only.</summary>
internal sealed class PhaseClock
{
    private readonly long[] _ticks = new long[5];
    private long _started;
    private Phase _current;

    public void Restart(Phase phase)
    {
        Array.Clear(_ticks);
        _current = phase;
        _started = Stopwatch.GetTimestamp();
    }

    /// <summary>Ends the phase under way and starts the next.</summary>
    public void Enter(Phase phase)
    {
        var now = Stopwatch.GetTimestamp();
        _ticks[(int)_current] += now - _started;
        _started = now;
        _current = phase;
    }

    /// <summary>Ends the last phase; the seconds of each since <see cref="Restart"/>.</summary>
    public PhaseSeconds Stop()
    {
        Enter(_current);
        return new PhaseSeconds
        {
            Data = Seconds(Phase.Data),
            Forward = Seconds(Phase.Forward),
            Backward = Seconds(Phase.Backward),
            Reduction = Seconds(Phase.Reduction),
            Update = Seconds(Phase.Update),
        };
    }

    private double Seconds(Phase phase) => (double)_ticks[(int)phase] / Stopwatch.Frequency;
}
