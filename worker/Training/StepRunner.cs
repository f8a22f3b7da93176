using System.Diagnostics;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Reduction;
using Inception.Distributed.Sampling;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Collectives;
using Inception.Distributed.Worker.Data;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Training;

/// <param name="Agreed">The wishes of any rank, alike on all ranks.</param>
/// <param name="Bad">Not null: the step was not applied; alike on all ranks.</param>
internal readonly record struct StepResult(StepReport Report, StepWishes Agreed, BadNumbers? Bad);

/// <summary>
/// Optimizer steps of one rank in one generation, all shared out alike: its micro-batches forward and backward, the reduction, the
/// update. Nothing that outlives the step changes before the reduction is whole.
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
    private readonly StepShare _share;
    private readonly Prefetcher _data;
    private readonly GradientReduction _reduction;
    private readonly GradientHooks _hooks;
    private readonly MicroBatchPass _pass;
    private readonly NumbersWatch _numbers;
    private readonly IReadOnlyList<Sampling.PassedOver> _passed;
    private readonly TrainingActivity _activity;
    private readonly CorruptBudget _corrupt;
    private readonly int _firstWithGradients;
    private readonly SortedDictionary<int, long[]> _samples = [];
    private readonly PhaseClock _clock = new();

    // While there is something of a step to save: how many of the share's micro-batches are folded whole.
    private int? _folded;

    /// <param name="steps">How the steps are shared out.</param>
    /// <param name="data">This rank's micro-batches of them; belongs to the runner from now on.</param>
    /// <param name="kept">The nodes that <paramref name="steps"/> keeps for this rank, if it does; they belong to the runner too.</param>
    public StepRunner(
        Replica replica, JobPlan plan, WorkerGroup group, StepPlan steps, Prefetcher data, StepHoldings? kept, CorruptBudget corrupt,
        IReadOnlyList<Sampling.PassedOver> passed, TrainingActivity activity)
    {
        _replica = replica;
        _plan = plan;
        _group = group;
        _share = steps.Shares[group.Rank];
        _data = data;
        _activity = activity;
        _corrupt = corrupt;
        _passed = passed;
        _numbers = new NumbersWatch(replica.Job.Numbers, replica.Arenas.Find(ArenaKind.History));
        _pass = new MicroBatchPass(replica);
        _reduction = new GradientReduction(
            group, steps, replica.Buckets, replica.Leaf, replica.Job, [.. kept?.Nodes.Select(held => held.Sums) ?? []]);
        foreach (var microBatch in _share.Kept.SelectMany(node => Enumerable.Range(node.Start, node.Length)))
            (_reduction.Records.All[microBatch], _samples[microBatch]) = (kept![microBatch].Record, kept[microBatch].Samples);
        if (_share.Kept.Count > 0) _folded = 0;
        var buckets = replica.BucketOfParameter;
        _firstWithGradients = buckets[0];
        _hooks = new GradientHooks(
            _pass.Parameters, [.. buckets.Select(bucket => bucket - _firstWithGradients)], buckets[^1] - _firstWithGradients + 1,
            bucket => _reduction.BucketReady(bucket + _firstWithGradients));
    }

    /// <summary>Where the reduction is, for reports of a lost peer.</summary>
    public string Whereabouts => $"bucket {_reduction.CurrentBucket} of {_replica.Buckets.Buckets.Count}";

    /// <summary>Runs and applies the next step, unless its numbers are bad and the job wants something else than to skip it.</summary>
    /// <param name="wishes">This rank's for after the step.</param>
    /// <param name="cancellationToken">Ends the step at the next micro-batch; <see cref="Abandon"/> saves what is whole.</param>
    public StepResult Run(StepWishes wishes, CancellationToken cancellationToken)
    {
        var step = _replica.Arenas.Step;
        var started = Stopwatch.GetTimestamp();
        _clock.Restart(Phase.Data);
        _reduction.BeginStep(step, wishes);
        for (_folded = 0; _folded < _share.MicroBatches.Count; _folded++)
        {
            _reduction.ThrowIfFailed();
            RunMicroBatch(step, _folded.Value, cancellationToken);
        }

        Enter(Phase.Reduction, step);
        var sums = _reduction.CompleteStep(step);
        _folded = null;
        Enter(Phase.Update, step);
        var report = Apply(step, sums, out var bad);
        if (_replica.Job.Data.RecordSamples)
        {
            report.MicroBatches.AddRange(_samples.Keys);
            Name(_samples.Values.SelectMany(samples => samples), report);
        }

        report.Phases = _clock.Stop();
        report.Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new StepResult(report, _reduction.Records.Wishes, bad);
    }

    /// <summary>Gives up the step under way and takes what is whole of it out of the runner, which can only be disposed after that.</summary>
    /// <returns>Null: no step is under way, or its reduction has no tree.</returns>
    public StepHoldings? Abandon()
    {
        if (_folded is not { } folded || _replica.Job.Reduction != ReductionKind.Deterministic) return null;
        _folded = null;
        var nodes = _reduction.Abandon(folded);
        var microBatches = nodes.SelectMany(held => Enumerable.Range(held.Node.Start, held.Node.Length)).ToDictionary(
            microBatch => microBatch, microBatch => new HeldMicroBatch(_reduction.Records.All[microBatch], _samples.GetValueOrDefault(microBatch) ?? []));
        return new StepHoldings(_replica.Arenas.Step, nodes, microBatches);
    }

    public void Dispose()
    {
        _reduction.Dispose();
        _hooks.Dispose();
        _pass.Dispose();
        _data.Dispose();
    }

    private void RunMicroBatch(long step, int index, CancellationToken cancellationToken)
    {
        var microBatch = _share.MicroBatches[index];
        Enter(Phase.Data, step, microBatch);
        using var scope = NewDisposeScope();
        var input = _data.Take(step, microBatch, cancellationToken);
        if (_replica.Job.Data.RecordSamples) _samples[microBatch] = [.. input.Samples.Select(sample => sample.Sample)];
        var (images, targets) = _pass.Load(input);

        Enter(Phase.Forward, step, microBatch);
        _replica.Leaf.zero_();
        _reduction.BeginMicroBatch(index);
        manual_seed((long)Keyed.Hash(Purpose.Dropout, _replica.Job.Seed, step, microBatch));
        var loss = _pass.Forward(images, targets, out var record);
        _reduction.Records.All[microBatch] = record with { Corrupt = input.Corrupt };
        if (index == _share.MicroBatches.Count - 1) _reduction.RecordsReady();

        // BatchNorm's statistics are there; where they fill whole buckets, no gradient's hook would say so.
        for (var bucket = 0; bucket < _firstWithGradients; bucket++) _reduction.BucketReady(bucket);

        Enter(Phase.Backward, step, microBatch);
        _hooks.Arm();
        loss.backward();
        _hooks.ThrowIfFailed();
        _reduction.EndMicroBatch();
    }

    private StepReport Apply(long step, Tensor sums, out BadNumbers? bad)
    {
        var layout = _replica.Layout;
        var microBatches = _replica.Job.Batch.MicroBatches;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var gradients = sums.narrow(0, layout.StatisticsLength, layout.ParameterLength);
        var norm = Math.Sqrt(FixedOrderSum.SumOfSquares(gradients, layout.ParameterLength)) / microBatches;
        var report = Report(step, norm);
        // The same numbers on all ranks, so the same decision.
        var trouble = _numbers.Judge(report.Loss, norm);
        bad = trouble is { Policy: not NumbersPolicy.Skip }
            ? new BadNumbers { What = trouble.What, Loss = report.Loss, GradientNorm = norm, IsSpike = trouble.IsSpike }
            : null;
        if (bad is not null) return report;
        var corrupt = _replica.Arenas.Corrupt + report.Corrupt;
        _corrupt.Require(report.Corrupt, corrupt, (step + 1) * _replica.Job.Batch.Global);
        (report.Skipped, report.Trouble) = (trouble is not null, trouble?.What ?? "");
        if (!report.Skipped)
        {
            var limit = _replica.Job.Optimizer.GradientClip;
            var clip = limit > 0 ? Math.Min(1, limit / (norm + ClipEpsilon)) : 1;
            _replica.Optimizer.Apply(gradients, clip / microBatches, report.LearningRate);
            var statistics = sums.narrow(0, 0, layout.StatisticsLength);
            _replica.Arenas[ArenaKind.Statistics].mul_(1 - StatisticsMomentum).add_(statistics, StatisticsMomentum / microBatches);
        }

        _numbers.Remember(step, report.Loss, norm);
        (_replica.Arenas.Step, _replica.Arenas.Corrupt) = (step + 1, corrupt);
        return report;
    }

    // A sample's number counts within its source.
    private void Name(IEnumerable<long> samples, StepReport report)
    {
        var sources = _plan.Sources;
        foreach (var sample in samples)
        {
            var (source, number) = sources.Locate(sample);
            report.SampleIds.Add(number);
            if (sources.Shares.Count > 1) report.SampleSources.Add(source);
        }
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
            PassedOver = Sampling.PassedOver.Before(_passed, step),
            PeakMemoryBytes = TorchRuntime.PeakResidentBytes,
        };
    }

    private void Enter(Phase phase, long step, int microBatch = -1)
    {
        _clock.Enter(phase);
        _activity.Set(phase, step, microBatch);
    }
}
