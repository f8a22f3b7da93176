using Inception.Distributed.Reduction;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>The sums over a tree node's micro-batches, laid out as the leaf arena.</summary>
internal readonly record struct HeldNode(TreeNode Node, Tensor Sums);

/// <summary>What is known of one micro-batch beside its gradient.</summary>
/// <param name="Record">Its losses.</param>
/// <param name="Samples">Ids of its samples; empty unless the job records them.</param>
internal readonly record struct HeldMicroBatch(MicroBatchRecord Record, long[] Samples);

/// <summary>
/// What a worker keeps of a step that its generation could not finish: finished tree nodes and all that is reported of their
/// micro-batches. Good for one step from one state only.
/// </summary>
internal sealed class StepHoldings(long step, IReadOnlyList<HeldNode> nodes, IReadOnlyDictionary<int, HeldMicroBatch> microBatches) : IDisposable
{
    /// <summary>Steps applied before it.</summary>
    public long Step { get; } = step;

    /// <summary>Ascending; no two are siblings.</summary>
    public IReadOnlyList<HeldNode> Nodes { get; } = nodes;

    public HeldMicroBatch this[int microBatch] => microBatches[microBatch];

    /// <summary>The holdings cut down to some of their nodes; the others' sums are freed.</summary>
    public StepHoldings Keep(IReadOnlyList<TreeNode> kept)
    {
        foreach (var held in Nodes.Where(held => !kept.Contains(held.Node))) held.Sums.Dispose();
        return new StepHoldings(Step, [.. Nodes.Where(held => kept.Contains(held.Node))], microBatches);
    }

    public void Dispose()
    {
        foreach (var held in Nodes) held.Sums.Dispose();
    }
}
