namespace Inception.Distributed.Cli.Chaos;

/// <summary>What came out of it. <see cref="Problems"/> and <see cref="Leaks"/> empty: a clean verdict.</summary>
internal sealed record ChaosReport
{
    public required string Job { get; init; }

    public required string Schedule { get; init; }

    public required int Workers { get; init; }

    /// <summary>Of the weights of every run; null: the undisturbed run failed.</summary>
    public required string? WeightsSha256 { get; init; }

    /// <summary>Of the disturbed runs that came to their end.</summary>
    public required IReadOnlyList<ChaosResult> Runs { get; init; }

    /// <summary>Of the faults' clock.</summary>
    public required double Seconds { get; init; }

    /// <summary>How many of each kind were done.</summary>
    public required IReadOnlyDictionary<string, int> Faults { get; init; }

    public required IReadOnlyList<string> LeftOut { get; init; }

    /// <summary>Over all disturbed runs.</summary>
    public required long Samples { get; init; }

    public required long StepsRecomputed { get; init; }

    public required IReadOnlyList<MeasuredRecovery> Recoveries { get; init; }

    public required IReadOnlyList<WatchedProcess> Processes { get; init; }

    public required IReadOnlyList<string> Leaks { get; init; }

    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>All that was said on the way.</summary>
    public required IReadOnlyList<string> Timeline { get; init; }

    public IEnumerable<string> Growth => Processes.Select(process => process.Growth()).OfType<string>();

    public bool IsClean => Problems.Count == 0 && Leaks.Count == 0 && !Growth.Any();
}
