using Inception.Distributed.Jobs;
using Inception.Distributed.Reduction;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>
/// The reduction of steps that are shared out alike, as the training thread drives it: gradients are folded as their buckets become
/// ready, and leave for the other ranks under the rest of the last micro-batch's backward.
/// </summary>
internal sealed class GradientReduction : IDisposable
{
    private readonly WorkerGroup _group;
    private readonly BucketPlan _buckets;
    private readonly StepShare _share;
    private readonly GradientFolder _folder;
    private readonly IBucketExchange? _exchange;
    private readonly Communicator? _communicator;
    private int _index;

    /// <param name="leaf">The arena that one micro-batch's forward and backward write.</param>
    /// <param name="kept">The sums of this rank's kept nodes, in their order; they belong to the reduction from now on.</param>
    public GradientReduction(WorkerGroup group, StepPlan plan, BucketPlan buckets, Tensor leaf, JobSpec job, IReadOnlyList<Tensor> kept)
    {
        _group = group;
        _buckets = buckets;
        _share = plan.Shares[group.Rank];
        var tree = new ReductionTree(job.Batch.MicroBatches);
        var folds = plan.Shares.Select(share => FoldPlan.For(share, tree)).ToArray();
        _folder = new GradientFolder(folds[group.Rank], buckets, leaf, kept);
        Records = new StepRecords(group, plan, job.Batch.MicroBatches);
        if (group.Size == 1) return;
        _exchange = job.Reduction == ReductionKind.Deterministic
            ? new TreeExchange(group, buckets, _folder, leaf, tree, [.. folds.Select(fold => fold.Nodes.Select(folded => folded.Node).ToArray())])
            : new AllReduceExchange(group, buckets, _folder, leaf);
        _communicator = new Communicator(Records, _exchange, buckets.Buckets.Count, job.Workers.Threads);
    }

    public StepRecords Records { get; }

    /// <summary>The bucket whose exchange started last.</summary>
    public int CurrentBucket => _communicator?.CurrentBucket ?? 0;

    /// <param name="wishes">This rank's.</param>
    public void BeginStep(long step, StepWishes wishes)
    {
        Records.Wishes = wishes;
        _communicator?.BeginStep(step);
        if (_share.MicroBatches.Count > 0) return;

        // This rank has kept all that it answers for.
        RecordsReady();
        foreach (var bucket in _buckets.Buckets) _communicator?.BucketReady(bucket.Index);
    }

    /// <param name="index">Within this rank's micro-batches of the step.</param>
    public void BeginMicroBatch(int index)
    {
        _index = index;
        _folder.BeginMicroBatch();
    }

    /// <summary>This rank's losses are in <see cref="Records"/>.</summary>
    public void RecordsReady() => _communicator?.RecordsReady();

    /// <summary>The bucket's last gradient of this micro-batch is there.</summary>
    public void BucketReady(int bucket)
    {
        if (_folder.Fold(bucket, _index) && _index == _share.MicroBatches.Count - 1) _communicator?.BucketReady(bucket);
    }

    /// <summary>Folds what no hook announced: a bucket with a parameter that took no part in this forward.</summary>
    public void EndMicroBatch()
    {
        foreach (var bucket in _buckets.Buckets) BucketReady(bucket.Index);
    }

    /// <summary>Throws what has broken the step, if anything has, so that nobody computes on for a step that can't be completed.</summary>
    public void ThrowIfFailed() => _communicator?.ThrowIfFailed();

    /// <summary>Waits for the other ranks.</summary>
    /// <returns>The sums over all micro-batches, laid out as the leaf arena; valid until the next step begins.</returns>
    public Tensor CompleteStep(long step)
    {
        if (_communicator is null)
        {
            Records.Finish(step);
            return _folder.SumOf(_folder.Nodes[0]);
        }

        _communicator.CompleteStep();
        return _exchange!.Sums;
    }

    /// <summary>Ends the reduction in the middle of a step, and hands over the nodes that are whole after so many micro-batches.</summary>
    public IReadOnlyList<HeldNode> Abandon(int count)
    {
        StopCommunicating();
        return _folder.Release(count);
    }

    public void Dispose()
    {
        StopCommunicating();
        Records.Dispose();
        _folder.Dispose();
    }

    private void StopCommunicating()
    {
        // Transfers of a step that was given up end only when the sockets are shut; after a whole step none is left.
        if (_communicator is { IsBusy: true }) _group.Abort();
        _communicator?.Dispose();
        _exchange?.Dispose();
    }
}
