namespace Inception.Distributed.Reduction;

/// <summary>One rank's part of a step.</summary>
/// <param name="Kept">Tree nodes whose sums it has from an earlier generation's attempt at the step, ascending.</param>
/// <param name="MicroBatches">Those that it computes, ascending.</param>
public sealed record StepShare(IReadOnlyList<TreeNode> Kept, IReadOnlyList<int> MicroBatches)
{
    /// <summary>The micro-batches that it answers for, kept or computed, ascending.</summary>
    public IReadOnlyList<int> All { get; } =
        [.. Kept.SelectMany(node => Enumerable.Range(node.Start, node.Length)).Concat(MicroBatches).Order()];
}

/// <summary>
/// Who computes what in a step. Together the shares cover every micro-batch once; how they are cut changes no bit of the sums.
/// </summary>
public sealed class StepPlan
{
    private StepPlan(IReadOnlyList<StepShare> shares) => Shares = shares;

    /// <summary>By rank.</summary>
    public IReadOnlyList<StepShare> Shares { get; }

    /// <summary>Micro-batches that nobody computes again.</summary>
    public int KeptMicroBatches => Shares.Sum(share => share.Kept.Sum(node => node.Length));

    /// <summary>A step like most: each rank computes its range.</summary>
    public static StepPlan Of(IEnumerable<MicroBatchRange> ranges) =>
        new([.. ranges.Select(range => new StepShare([], [.. Enumerable.Range(range.First, range.Count)]))]);

    /// <summary>
    /// The step that a broken generation left unfinished: of what the ranks hold, the largest nodes that do not overlap are kept (of
    /// equal ones the lowest rank's); what is missing is dealt out in order and as evenly as can be, whoever holds how much.
    /// </summary>
    /// <param name="tree">Of the job's micro-batches.</param>
    /// <param name="held">Each rank's finished nodes; no two of one rank are siblings, or they would be one node.</param>
    public static StepPlan Completing(ReductionTree tree, IReadOnlyList<IReadOnlyList<TreeNode>> held)
    {
        var kept = held.Select(_ => new List<TreeNode>()).ToArray();
        var isCovered = new bool[tree.Root.Length];
        var candidates = held.SelectMany((nodes, rank) => nodes.Select(node => (Node: node, Rank: rank)));
        foreach (var (node, rank) in candidates.OrderByDescending(entry => entry.Node.Length).ThenBy(entry => entry.Node.Start).ThenBy(entry => entry.Rank))
        {
            // Nodes of one tree lie apart or within each other, so the larger ones, which come first, win whole.
            if (isCovered[node.Start]) continue;
            Array.Fill(isCovered, true, node.Start, node.Length);
            kept[rank].Add(node);
        }

        var missing = Enumerable.Range(0, isCovered.Length).Where(index => !isCovered[index]).ToArray();
        return new([.. kept.Select((nodes, rank) => new StepShare(
            [.. nodes.OrderBy(node => node.Start)], missing[StartOf(rank)..StartOf(rank + 1)]))]);

        int StartOf(int rank) => (int)((long)missing.Length * rank / held.Count);
    }
}
