using System.Collections.Immutable;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>Where the run stands: <c>Waiting → Forming(g) → Executing(g) → Ended</c>; every phase may go to Ended.</summary>
internal abstract record RunPhase;

/// <summary>For enough workers.</summary>
internal sealed record Waiting : RunPhase;

/// <summary>A generation is at work, or about to be.</summary>
internal abstract record Active(Generation Generation) : RunPhase
{
    /// <summary>What members say about a peer's end, before the coordinator knows whose it is.</summary>
    public ImmutableSortedDictionary<int, string> Evidence { get; init; } = ImmutableSortedDictionary<int, string>.Empty;
}

/// <summary>The members build their process group and load the starting point.</summary>
/// <param name="Formed">By rank.</param>
internal sealed record Forming(Generation Generation, ImmutableSortedDictionary<int, FormedReport> Formed) : Active(Generation);

internal sealed record FormedReport(long Step, string StateSha256);

/// <summary>The members execute an order; the next one is given when all have completed it.</summary>
internal sealed record Executing(Generation Generation, Order Order) : Active(Generation)
{
    /// <summary>By rank.</summary>
    public ImmutableSortedDictionary<int, Completion> Completed { get; init; } = ImmutableSortedDictionary<int, Completion>.Empty;

    /// <summary>Of the evaluation under way, as they arrive.</summary>
    public ImmutableArray<EvaluatedBlock> Blocks { get; init; } = [];

    /// <summary>The longest of the ranks' evaluation times.</summary>
    public double EvaluationSeconds { get; init; }
}

internal enum OrderKind { Train, Checkpoint, Evaluate, Finish }

/// <param name="Id">Rises by one within a generation, from 1.</param>
/// <param name="Step">Train: the number of applied steps to reach. Otherwise the step at which it is carried out.</param>
internal sealed record Order(long Id, OrderKind Kind, long Step);

internal sealed record Completion(long Step, string WeightsSha256, string StateSha256);

/// <param name="Raw">The same images under the weights themselves, where the other figures are those of their running average.</param>
internal sealed record EvaluatedBlock(int Index, int Images, int Top1Correct, int Top5Correct, double LossSum, RawFigures? Raw = null);

internal sealed record RawFigures(int Top1Correct, int Top5Correct, double LossSum);

internal sealed record Ended(RunOutcome Outcome) : RunPhase;
