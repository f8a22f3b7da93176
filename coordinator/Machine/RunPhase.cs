using System.Collections.Immutable;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>
/// Where the run stands: <c>Waiting → Forming(g) → Executing(g) → Forming(g+1) …</c>, back to Waiting when too few workers are left;
/// every phase may go to Ended.
/// </summary>
internal abstract record RunPhase;

/// <summary>For enough workers.</summary>
internal sealed record Waiting : RunPhase
{
    /// <summary>The newest whole checkpoint is being looked for.</summary>
    public bool IsSearching { get; init; }
}

/// <summary>A generation is at work, or about to be.</summary>
internal abstract record Active(Generation Generation) : RunPhase
{
    /// <summary>What members say about a peer's end, before the coordinator knows whose it is.</summary>
    public ImmutableSortedDictionary<int, Testimony> Evidence { get; init; } = ImmutableSortedDictionary<int, Testimony>.Empty;

    /// <summary>Why this generation can't go on, in sentences; null: it can.</summary>
    public string? Broken { get; init; }
}

/// <summary>A member's word that it can't go on with its peers.</summary>
/// <param name="Text">A clause.</param>
/// <param name="Unheard">The ranks that it waited for in vain; none where a connection broke.</param>
internal sealed record Testimony(string Text, ImmutableArray<int> Unheard);

/// <summary>The members build their process group, and those that need it take the state over.</summary>
/// <param name="Formed">By rank.</param>
internal sealed record Forming(Generation Generation, ImmutableSortedDictionary<int, FormedReport> Formed) : Active(Generation);

/// <param name="SourceRank">Whose state was taken; -1: the starting point's.</param>
/// <param name="KeptMicroBatches">Of the step in flight.</param>
internal sealed record FormedReport(long Step, string StateSha256, int SourceRank, int KeptMicroBatches);

/// <summary>The members execute an order; the next one is given when all have completed it.</summary>
internal sealed record Executing(Generation Generation, Order Order) : Active(Generation)
{
    /// <summary>By rank.</summary>
    public ImmutableSortedDictionary<int, Completion> Completed { get; init; } = ImmutableSortedDictionary<int, Completion>.Empty;

    /// <summary>Of the evaluation under way, by index.</summary>
    public ImmutableSortedDictionary<int, EvaluatedBlock> Blocks { get; init; } = ImmutableSortedDictionary<int, EvaluatedBlock>.Empty;

    /// <summary>The longest of the ranks' evaluation times.</summary>
    public double EvaluationSeconds { get; init; }

    /// <summary>Why the members were asked to complete the order early, for a change of membership; null: they were not.</summary>
    public string? Yielding { get; init; }
}

internal enum OrderKind { Train, Checkpoint, Evaluate, Finish }

/// <param name="Id">Rises by one within a generation, from 1.</param>
/// <param name="Step">Train: the number of applied steps to reach. Otherwise the step at which it is carried out.</param>
internal sealed record Order(long Id, OrderKind Kind, long Step);

internal sealed record Completion(long Step, string WeightsSha256, string StateSha256, BadNumbers? Bad = null);

/// <param name="Raw">The same images under the weights themselves, where the other figures are those of their running average.</param>
internal sealed record EvaluatedBlock(int Index, int Images, int Top1Correct, int Top5Correct, double LossSum, RawFigures? Raw = null);

internal sealed record RawFigures(int Top1Correct, int Top5Correct, double LossSum);

internal sealed record Ended(RunOutcome Outcome) : RunPhase;
