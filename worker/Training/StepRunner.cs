using System.Diagnostics;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Sampling;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Collectives;
using Inception.Distributed.Worker.Data;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Training;

/// <summary>
/// One optimizer step of one rank in one generation: its micro-batches forward and backward, the reduction, the update.
/// Nothing that outlives the step changes before the reduction is whole.
/// </summary>
internal sealed class StepRunner : IDisposable
{
    // torch's and torchvision's: running = 0.9 running + 0.1 batch.
    private const double StatisticsMomentum = 0.1;

    // Keeps the clip factor finite at norm 0, as torch.nn.utils.clip_grad_norm_ does.
    private const double ClipEpsilon = 1e-6;

    private readonly Replica _replica;
    private readonly JobPlan _plan;
    private readonly WorkerGroup _group;
    private readonly Prefetcher _data;
    private readonly GradientReduction _reduction;
    private readonly GradientHooks _hooks;
    private readonly MicroBatchPass _pass;
    private readonly TrainingActivity _activity;
    private readonly CorruptBudget _corrupt;
    private readonly int _firstWithGradients;
    private readonly List<long> _samples = [];
    private readonly PhaseClock _clock = new();

    public StepRunner(Replica replica, JobPlan plan, WorkerGroup group, Prefetcher data, CorruptBudget corrupt, TrainingActivity activity)
    {
        _replica = replica;
        _plan = plan;
        _group = group;
        _data = data;
        _activity = activity;
        _corrupt = corrupt;
        _pass = new MicroBatchPass(replica);
        _reduction = new GradientReduction(group, replica.Buckets, replica.Leaf, replica.Job);
        var buckets = replica.BucketOfParameter;
        _firstWithGradients = buckets[0];
        _hooks = new GradientHooks(
            _pass.Parameters, [.. buckets.Select(bucket => bucket - _firstWithGradients)], buckets[^1] - _firstWithGradients + 1,
            bucket => _reduction.BucketReady(bucket + _firstWithGradients));
    }

    /// <summary>Where the reduction is, for reports of a lost peer.</summary>
    public string Whereabouts => $"bucket {_reduction.CurrentBucket} of {_replica.Buckets.Buckets.Count}";

    /// <summary>Runs and applies the next step.</summary>
    /// <param name="stopRequested">This rank's wish to stop after the step.</param>
    /// <param name="stop">Some rank's wish, alike on all ranks.</param>
    public StepReport Run(bool stopRequested, out bool stop)
    {
        var step = _replica.Arenas.Step;
        var started = Stopwatch.GetTimestamp();
        _clock.Restart(Phase.Data);
        _reduction.BeginStep(step);
        _samples.Clear();
        for (var index = 0; index < _group.Range.Count; index++) RunMicroBatch(step, index, stopRequested);

        Enter(Phase.Reduction, step);
        var sums = _reduction.CompleteStep(step);
        Enter(Phase.Update, step);
        stop = _reduction.Records.Stop;
        var report = Apply(step, sums);
        report.SampleIds.AddRange(_samples);
        report.Phases = _clock.Stop();
        report.Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return report;
    }

    public void Dispose()
    {
        _reduction.Dispose();
        _hooks.Dispose();
        _data.Dispose();
    }

    private void RunMicroBatch(long step, int index, bool stopRequested)
    {
        var microBatch = _group.Range.First + index;
        Enter(Phase.Data, step, microBatch);
        using var scope = NewDisposeScope();
        var input = _data.Take(step, microBatch, CancellationToken.None);
        if (_replica.Job.Data.RecordSamples) _samples.AddRange(input.Samples.Select(sample => sample.Sample));
        var (images, targets) = _pass.Load(input);

        Enter(Phase.Forward, step, microBatch);
        _replica.Leaf.zero_();
        _reduction.BeginMicroBatch(index);
        manual_seed((long)Keyed.Hash(Purpose.Dropout, _replica.Job.Seed, step, microBatch));
        var loss = _pass.Forward(images, targets, out var record);
        _reduction.Records.All[microBatch] = record with { Corrupt = input.Corrupt };
        if (index == _group.Range.Count - 1)
        {
            _reduction.Records.Stop = stopRequested;
            _reduction.RecordsReady();
        }

        // BatchNorm's statistics are there; where they fill whole buckets, no gradient's hook would say so.
        for (var bucket = 0; bucket < _firstWithGradients; bucket++) _reduction.BucketReady(bucket);

        Enter(Phase.Backward, step, microBatch);
        _hooks.Arm();
        loss.backward();
        _hooks.ThrowIfFailed();
        _reduction.EndMicroBatch();
    }

    private StepReport Apply(long step, Tensor sums)
    {
        var layout = _replica.Layout;
        var microBatches = _replica.Job.Batch.MicroBatches;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var gradients = sums.narrow(0, layout.StatisticsLength, layout.ParameterLength);
        var norm = Math.Sqrt(FixedOrderSum.SumOfSquares(gradients, layout.ParameterLength)) / microBatches;
        var report = Report(step, norm);
        _corrupt.Add(report.Corrupt, (step + 1) * _replica.Job.Batch.Global);

        // The same numbers on all ranks, so the same decision.
        report.Skipped = !double.IsFinite(report.Loss) || !double.IsFinite(norm);
        if (!report.Skipped)
        {
            var limit = _replica.Job.Optimizer.GradientClip;
            var clip = limit > 0 ? Math.Min(1, limit / (norm + ClipEpsilon)) : 1;
            _replica.Optimizer.Apply(gradients, clip / microBatches, report.LearningRate);
            var statistics = sums.narrow(0, 0, layout.StatisticsLength);
            _replica.Arenas[ArenaKind.Statistics].mul_(1 - StatisticsMomentum).add_(statistics, StatisticsMomentum / microBatches);
        }

        _replica.Arenas.Step = step + 1;
        return report;
    }

    private StepReport Report(long step, double norm)
    {
        var (loss, main, auxiliary, corrupt) = (0.0, 0.0, 0.0, 0.0);
        foreach (var record in _reduction.Records.All)
        {
            loss += record.Loss;
            main += record.MainLoss;
            auxiliary += record.AuxiliaryLoss;
            corrupt += record.Corrupt;
        }

        var microBatches = _replica.Job.Batch.MicroBatches;
        return new StepReport
        {
            Generation = _group.Generation,
            Step = step + 1,
            Epoch = _plan.EpochAt(step + 1),
            Loss = loss / microBatches,
            MainLoss = main / microBatches,
            AuxiliaryLoss = auxiliary / microBatches,
            LearningRate = _plan.LearningRateAt(step),
            GradientNorm = norm,
            Samples = _replica.Job.Batch.Global,
            Corrupt = (int)corrupt,
            PeakMemoryBytes = TorchRuntime.PeakResidentBytes,
        };
    }

    private void Enter(Phase phase, long step, int microBatch = -1)
    {
        _clock.Enter(phase);
        _activity.Set(phase, step, microBatch);
    }
}
