using Inception.Distributed.Jobs;
using Inception.Distributed.Reduction;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>
/// A generation's reduction, as the training thread drives it: gradients are folded as their buckets become ready, and leave for
/// the other ranks under the rest of the last micro-batch's backward.
/// </summary>
internal sealed class GradientReduction : IDisposable
{
    private readonly WorkerGroup _group;
    private readonly BucketPlan _buckets;
    private readonly GradientFolder _folder;
    private readonly IBucketExchange? _exchange;
    private readonly Communicator? _communicator;
    private int _index;

    /// <param name="leaf">The arena that one micro-batch's forward and backward write.</param>
    public GradientReduction(WorkerGroup group, BucketPlan buckets, Tensor leaf, JobSpec job)
    {
        _group = group;
        _buckets = buckets;
        var tree = new ReductionTree(job.Batch.MicroBatches);
        _folder = new GradientFolder(FoldPlan.For(group.Range, tree), buckets, leaf);
        Records = new StepRecords(group, job.Batch.MicroBatches);
        if (group.Size == 1) return;
        _exchange = job.Reduction == ReductionKind.Deterministic
            ? new TreeExchange(group, buckets, _folder, leaf, tree)
            : new AllReduceExchange(group, buckets, _folder, leaf);
        _communicator = new Communicator(Records, _exchange, buckets.Buckets.Count, job.Workers.Threads);
    }

    public StepRecords Records { get; }

    /// <summary>The bucket whose exchange started last.</summary>
    public int CurrentBucket => _communicator?.CurrentBucket ?? 0;

    public void BeginStep(long step)
    {
        Records.Stop = false;
        _communicator?.BeginStep(step);
    }

    /// <param name="index">Within this rank's range.</param>
    public void BeginMicroBatch(int index)
    {
        _index = index;
        _folder.BeginMicroBatch();
    }

    /// <summary>This rank's losses and wish to stop are in <see cref="Records"/>.</summary>
    public void RecordsReady() => _communicator?.RecordsReady();

    /// <summary>The bucket's last gradient of this micro-batch is there.</summary>
    public void BucketReady(int bucket)
    {
        if (_folder.Fold(bucket, _index) && _index == _group.Range.Count - 1) _communicator?.BucketReady(bucket);
    }

    /// <summary>Folds what no hook announced: a bucket with a parameter that took no part in this forward.</summary>
    public void EndMicroBatch()
    {
        foreach (var bucket in _buckets.Buckets) BucketReady(bucket.Index);
    }

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

    public void Dispose()
    {
        // Transfers of a step that was given up end only when the sockets are shut; after a whole step none is left.
        if (_communicator is { IsBusy: true }) _group.Abort();
        _communicator?.Dispose();
        _exchange?.Dispose();
        Records.Dispose();
        _folder.Dispose();
    }
}
