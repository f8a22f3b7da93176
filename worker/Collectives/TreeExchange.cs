using Inception.Distributed.Reduction;
using Inception.Distributed.Torch;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>
/// The deterministic reduction. Each rank owns a segment of the bucket: it receives the other ranks' tree-node sums for it,
/// combines all nodes in tree order, and sends the result to everyone. The same additions in the same order for every number of
/// ranks. What arrives lies in staging buffers and is checked before it is used; the ranks' own node sums are never overwritten,
/// so a step in which a peer is lost keeps them.
/// </summary>
internal sealed class TreeExchange : IBucketExchange
{
    // Start(k + 1) runs before Finish(k), so two buckets are under way at a time.
    private const int Depth = 2;

    private readonly WorkerGroup _group;
    private readonly BucketPlan _buckets;
    private readonly GradientFolder _folder;
    private readonly NodeCombination _combination;
    private readonly int[] _nodeCounts;
    private readonly BucketStage[] _stages;

    /// <param name="nodes">By rank, the tree nodes that its share of the step comes to.</param>
    public TreeExchange(
        WorkerGroup group, BucketPlan buckets, GradientFolder folder, Tensor leaf, ReductionTree tree, IReadOnlyList<IReadOnlyList<TreeNode>> nodes)
    {
        _group = group;
        _buckets = buckets;
        _folder = folder;
        Sums = zeros_like(leaf).DetachFromDisposeScope();
        _nodeCounts = [.. nodes.Select(list => list.Count)];
        _combination = new NodeCombination(tree, nodes);
        _stages = [.. Enumerable.Range(0, Depth).Select(_ => new BucketStage(group, buckets, _nodeCounts, leaf))];
    }

    public Tensor Sums { get; }

    public void Start(long step, int bucket)
    {
        var stage = _stages[bucket % Depth];
        foreach (var peer in _group.Peers)
        {
            var mine = Segment(bucket, _group.Rank);
            if (mine.Length > 0)
                stage.Post(_group.Processes.Receive(stage.Received(peer, _nodeCounts[peer] * mine.Length), peer, Tag(bucket, MessagePhase.Scatter)));
        }

        foreach (var peer in _group.Peers)
        {
            var theirs = Segment(bucket, peer);
            if (theirs.Length == 0) continue;
            var message = stage.ToSend(peer, _folder.Nodes.Count * theirs.Length);
            Header(step, bucket, MessagePhase.Scatter, _group.Rank).WriteTo(message);
            var offset = (long)MessageHeader.Length;
            foreach (var node in _folder.Nodes)
            {
                FixedOrderSum.Copy(message, offset, _folder.SumOf(node), theirs.Offset, theirs.Length);
                offset += theirs.Length;
            }

            stage.Post(_group.Processes.Send(message, peer, Tag(bucket, MessagePhase.Scatter)));
        }
    }

    public void Finish(long step, int bucket)
    {
        var stage = _stages[bucket % Depth];
        stage.WaitAll();
        var mine = Segment(bucket, _group.Rank);
        foreach (var peer in _group.Peers)
        {
            var theirs = Segment(bucket, peer);
            if (theirs.Length > 0)
                stage.Post(_group.Processes.Receive(stage.Gathered(peer, theirs.Length), peer, Tag(bucket, MessagePhase.Gather)));
        }

        if (mine.Length > 0)
        {
            var result = stage.Result(mine.Length);
            Combine(step, bucket, stage, mine, result);
            Header(step, bucket, MessagePhase.Gather, _group.Rank).WriteTo(result);
            foreach (var peer in _group.Peers) stage.Post(_group.Processes.Send(result, peer, Tag(bucket, MessagePhase.Gather)));
            FixedOrderSum.Copy(Sums, mine.Offset, result, MessageHeader.Length, mine.Length);
        }

        stage.WaitAll();
        foreach (var peer in _group.Peers)
        {
            var theirs = Segment(bucket, peer);
            if (theirs.Length == 0) continue;
            var message = stage.Gathered(peer, theirs.Length);
            Header(step, bucket, MessagePhase.Gather, peer).Check(message);
            FixedOrderSum.Copy(Sums, theirs.Offset, message, MessageHeader.Length, theirs.Length);
        }
    }

    public void Dispose()
    {
        foreach (var stage in _stages) stage.Dispose();
        Sums.Dispose();
    }

    private void Combine(long step, int bucket, BucketStage stage, BucketSegment mine, Tensor result)
    {
        foreach (var peer in _group.Peers)
            Header(step, bucket, MessagePhase.Scatter, peer).Check(stage.Received(peer, _nodeCounts[peer] * mine.Length));

        var sum = _combination.Run(
            (rank, node) => rank == _group.Rank
                ? new NodeSum(_folder.SumOf(_folder.Nodes[node]), mine.Offset, Writable: false)
                : new NodeSum(stage.Received(rank, _nodeCounts[rank] * mine.Length), MessageHeader.Length + node * mine.Length, Writable: true),
            mine.Length);
        FixedOrderSum.Copy(result, MessageHeader.Length, sum.Tensor, sum.Offset, mine.Length);
    }

    private BucketSegment Segment(int bucket, int rank) => BucketPlan.Segment(_buckets.Buckets[bucket], rank, _group.Size);

    private MessageHeader Header(long step, int bucket, MessagePhase phase, int sender) => new(_group.Generation, step, bucket, phase, sender);

    private static int Tag(int bucket, MessagePhase phase) => bucket * 4 + (int)phase;
}
