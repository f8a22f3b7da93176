using System.Collections.Immutable;

namespace Inception.Distributed.Coordinator.Output;

/// <summary>Measures how long the run stood still for each generation that took the place of a broken one. For any thread.</summary>
internal sealed class Recoveries(TimeProvider time)
{
    private readonly Lock _lock = new();
    private ImmutableArray<Recovery> _done = [];
    private (long Generation, long Since, double? Stood)? _current;
    private long _recomputed;

    /// <summary>The generation was decided because its predecessor broke. One that breaks before it has come to a step counts as one with its successor.</summary>
    public void Begin(long generation)
    {
        lock (_lock) _current = (generation, _current?.Since ?? time.GetTimestamp(), null);
    }

    public void Stood(long generation)
    {
        lock (_lock)
        {
            if (_current is { } current && current.Generation == generation)
                _current = current with { Stood = time.GetElapsedTime(current.Since).TotalSeconds };
        }
    }

    public void Applied(long generation)
    {
        lock (_lock)
        {
            if (_current is not { Stood: { } stood } current || current.Generation != generation) return;
            _done = _done.Add(new Recovery(generation, stood, time.GetElapsedTime(current.Since).TotalSeconds));
            _current = null;
        }
    }

    public void Recomputed(long steps)
    {
        lock (_lock) _recomputed += steps;
    }

    public Recovered Read()
    {
        lock (_lock) return new Recovered(_done, _recomputed);
    }
}

/// <param name="StepsRecomputed">Applied steps that were lost with every worker that held them, and are done again.</param>
internal readonly record struct Recovered(ImmutableArray<Recovery> Recoveries, long StepsRecomputed);

/// <summary>From the coordinator's decision on, in seconds.</summary>
/// <param name="Formed">Until the generation stood.</param>
/// <param name="NextStep">Until a rank told of its first step.</param>
internal sealed record Recovery(long Generation, double Formed, double NextStep);
