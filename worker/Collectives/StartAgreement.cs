using Inception.Distributed.Reduction;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>
/// From which state a generation starts, and what of the step in flight is saved: a pure function of the members' standings, so all
/// members come to the same without another word.
/// </summary>
internal sealed class StartAgreement
{
    private readonly int[] _sources;
    private readonly int[] _receivers;

    private StartAgreement(long step, int[] sources, int[] receivers, StepPlan? completing)
    {
        Step = step;
        _sources = sources;
        _receivers = receivers;
        Completing = completing;
    }

    /// <summary>Applied steps of the state that counts; <see cref="MemberStanding.None"/>: nobody has one, and all load the starting point.</summary>
    public long Step { get; }

    /// <summary>The lowest rank that has the state; -1: nobody has.</summary>
    public int Source => _sources.Length == 0 ? -1 : _sources[0];

    /// <summary>How the next step is shared out, if nodes of it were kept; null: as every step.</summary>
    public StepPlan? Completing { get; }

    /// <summary>Survivors can differ by one applied step; the furthest state counts, and those that have another or none take it over.</summary>
    public static StartAgreement Of(IReadOnlyList<MemberStanding> standings, ReductionTree tree)
    {
        var step = standings.Max(standing => standing.HeldStep);
        var ranks = Enumerable.Range(0, standings.Count);
        if (step == MemberStanding.None) return new StartAgreement(step, [], [], null);

        // Nodes of another step than the next one are of no use any more.
        IReadOnlyList<TreeNode> Useful(MemberStanding standing) => standing.HeldStep == step && standing.HoldingsStep == step ? standing.Nodes : [];
        var completing = StepPlan.Completing(tree, [.. standings.Select(Useful)]);
        return new StartAgreement(
            step,
            [.. ranks.Where(rank => standings[rank].HeldStep == step)],
            [.. ranks.Where(rank => standings[rank].HeldStep != step)],
            completing.KeptMicroBatches > 0 ? completing : null);
    }

    /// <summary>Whom a rank takes the state from; null: it has it. Receivers are spread over all that have it, since their states are equal.</summary>
    public int? SourceOf(int rank) => Array.IndexOf(_receivers, rank) is >= 0 and var place ? _sources[place % _sources.Length] : null;

    /// <summary>Whom a rank hands the state to.</summary>
    public IReadOnlyList<int> ReceiversOf(int rank) => [.. _receivers.Where(receiver => SourceOf(receiver) == rank)];
}
