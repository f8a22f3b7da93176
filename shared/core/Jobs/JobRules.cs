namespace Inception.Distributed.Jobs;

/// <summary>What fields demand of each other. A field's own range is with the field.</summary>
internal static class JobRules
{
    private static readonly JobRule[] Rules =
    [
        new(["batch.microBatches", "batch.global"], job => job.Batch.Global % job.Batch.MicroBatches == 0 ? null
            : $"batch.microBatches must divide batch.global ({job.Batch.Global}), and {job.Batch.MicroBatches} does not; "
                + $"the nearest that does is {NearestDivisor(job.Batch)}"),
        .. ModelRules.All,
        new(["batch.microBatches", "batch.global", "model.name", "model.inputSize", "model.stem", "model.batchNorm", "model.factorized7x7",
            "model.auxiliary.enabled", "model.auxiliary.normalizeFc"], CheckBatchNorm),
        new(["data.augment.mixup", "batch.microBatches", "batch.global"], job => CheckMixing("mixup", job.Data.Augment.Mixup, job.Batch)),
        new(["data.augment.cutmix", "batch.microBatches", "batch.global"], job => CheckMixing("cutmix", job.Data.Augment.Cutmix, job.Batch)),
        new(["workers.min", "workers.max"], job => job.Workers.Max == 0 || job.Workers.Min <= job.Workers.Max ? null
            : $"workers.min ({job.Workers.Min}) must not exceed workers.max ({job.Workers.Max})"),
        new(["workers.min", "batch.microBatches"], job => job.Workers.Min <= job.Batch.MicroBatches ? null
            : MoreThanMicroBatches("workers.min", job.Workers.Min, job)),
        new(["workers.max", "batch.microBatches"], job => job.Workers.Max <= job.Batch.MicroBatches ? null
            : MoreThanMicroBatches("workers.max", job.Workers.Max, job)),
        new(["workers.timeout", "workers.heartbeat"], job => job.Workers.Timeout > job.Workers.Heartbeat ? null
            : $"workers.timeout ({Text(job.Workers.Timeout)} s) must be longer than workers.heartbeat ({Text(job.Workers.Heartbeat)} s)"),
        new(["numbers.nonFinite", "checkpoint.everySteps"], job => CheckRollback("nonFinite", job.Numbers.NonFinite, job)),
        new(["numbers.spike", "checkpoint.everySteps"], job => CheckRollback("spike", job.Numbers.Spike, job)),
        new(["schedule.warmup", "schedule.epochs"], job => job.Schedule.Warmup < job.Schedule.Epochs ? null
            : $"schedule.warmup ({Text(job.Schedule.Warmup)} epochs) must be shorter than schedule.epochs ({Text(job.Schedule.Epochs)})"),
        new(["schedule.milestones", "schedule.policy", "schedule.warmup", "schedule.epochs"], job => CheckMilestones(job.Schedule)),
        new(["schedule.evaluateEvery"], job => job.Schedule.EvaluateEvery is 0 or >= 0.001 ? null
            : $"schedule.evaluateEvery must be 0 or at least 0.001 epochs, not {Text(job.Schedule.EvaluateEvery)}"),
        new(["optimizer.nesterov", "optimizer.momentum", "optimizer.name"],
            job => !job.Optimizer.Nesterov || (job.Optimizer.Name is OptimizerKind.Sgd or OptimizerKind.Lars && job.Optimizer.Momentum > 0) ? null
            : "optimizer.nesterov needs optimizer.name sgd or lars and a momentum above 0"),
        new(["optimizer.emaWarmup", "optimizer.ema"], job => !job.Optimizer.EmaWarmup || job.Optimizer.Ema > 0 ? null
            : "optimizer.emaWarmup needs an optimizer.ema above 0; there is no average to warm up"),
        new(["model.weightsSha256", "model.weights"], job => job.Model.WeightsSha256.Length == 0 || job.Model.Weights.Length > 0 ? null
            : "model.weightsSha256 is given without model.weights, the checkpoint to start from"),
        new(["model.weightsSha256"], job => job.Model.WeightsSha256.Length == 0
            || (job.Model.WeightsSha256.Length == 64 && job.Model.WeightsSha256.All(char.IsAsciiHexDigitLower)) ? null
            : $"model.weightsSha256 must be 64 lower-case hexadecimal digits, not '{job.Model.WeightsSha256}'"),
        .. DatasetRules("data.validation", job => job.Data.Validation),
    ];

    public static void Check(JobSpec job, JobBinder binder, List<Problem> problems)
    {
        foreach (var rule in Rules.Concat(SourceRules(job, binder)).Where(rule => !rule.Fields.Any(binder.IsFaulty)))
        {
            if (rule.Message(job) is { } message) problems.Add(new Problem(binder.WhereIs(rule.Fields[0]), message));
        }
    }

    private static IEnumerable<JobRule> SourceRules(JobSpec job, JobBinder binder) => binder.IsFaulty("data.train") ? []
        : job.Data.Train.SelectMany((source, i) => DatasetRules(job.Data.Train.PathOf("data.train", i), _ => source));

    private static IEnumerable<JobRule> DatasetRules(string path, Func<JobSpec, DatasetSpec?> dataset) =>
    [
        new([$"{path}.path", $"{path}.format"], job => dataset(job) is { Format: not DatasetFormat.Synthetic, Path: "" } given
            ? $"{path}.path is missing; format {given.Format.ToString().ToLowerInvariant()} needs the dataset's directory" : null),
        new([$"{path}.split", $"{path}.format"], job => dataset(job) is { Format: DatasetFormat.ImageNet, Split: not ("train" or "val") } given
            ? $"{path}.split must be train or val for format imagenet, not '{given.Split}'" : null),
        new([$"{path}.split", $"{path}.format"], job => dataset(job) is { Format: DatasetFormat.Idx, Split: not ("train" or "test") } given
            ? $"{path}.split must be train or test for format idx, not '{given.Split}'" : null),
        new([$"{path}.limit", $"{path}.format"], job => dataset(job) is { Format: DatasetFormat.Synthetic, Limit: 0 }
            ? $"{path}.limit must say how many samples to make for format synthetic" : null),
    ];

    private static string? CheckMixing(string field, double alpha, BatchSpec batch) => alpha == 0 || batch.Global / batch.MicroBatches != 1 ? null
        : $"data.augment.{field} mixes the samples of a micro-batch, and a micro-batch of 1 sample has none to mix; "
            + "lower batch.microBatches or raise batch.global";

    private static string? CheckRollback(string field, NumbersPolicy policy, JobSpec job) =>
        policy != NumbersPolicy.Rollback || job.Checkpoint.EverySteps > 0 ? null
            : $"numbers.{field} is rollback, and checkpoint.everySteps is 0, so that there is nothing to go back to; give a checkpoint.everySteps above 0, or skip or halt";

    private static string? CheckMilestones(ScheduleSpec schedule)
    {
        var milestones = schedule.Milestones;
        if (schedule.Policy != SchedulePolicy.Step) return null;
        if (milestones.Count == 0) return "schedule.milestones is missing; policy step needs the epochs at which the rate falls, e.g. [30, 60, 90]";
        if (milestones.Zip(milestones.Skip(1)).Any(pair => pair.First >= pair.Second))
            return $"schedule.milestones must ascend, and {Text(milestones)} does not";
        return milestones[0] >= schedule.Warmup && milestones[^1] < schedule.Epochs ? null
            : $"schedule.milestones must lie between the end of warm-up ({Text(schedule.Warmup)}) and the end of the run "
                + $"({Text(schedule.Epochs)} epochs), not {Text(milestones)}";
    }

    // A channel's variance over one value is 0: BatchNorm would put out its bias whatever comes in.
    private static string? CheckBatchNorm(JobSpec job)
    {
        var (model, network) = (job.Model, KnownNetworks.Find(job.Model.Name));
        if (job.Batch.Global / job.Batch.MicroBatches != 1 || !network.Normalizes(model)) return null;
        const string Reason = "BatchNorm would see one value a channel in a micro-batch of 1 sample";
        const string Remedy = "lower batch.microBatches or raise batch.global";
        if (model.Auxiliary.Enabled && network.HeadNormalizesOneCell(model))
            return $"{Reason}: the auxiliary head's last feature map is 1×1; {Remedy}, or turn model.auxiliary.enabled off";
        if (network.FinalGrid(model) != 1) return null;
        return $"{Reason}: with model.inputSize {model.InputSize} the last feature map of {model.Name} is 1×1; "
            + $"{Remedy}, or raise model.inputSize";
    }

    private static string MoreThanMicroBatches(string field, int workers, JobSpec job) =>
        $"{field} ({workers}) must not exceed batch.microBatches ({job.Batch.MicroBatches}): a worker needs at least one micro-batch";

    private static int NearestDivisor(BatchSpec batch) =>
        Enumerable.Range(1, batch.Global)
            .Where(divisor => batch.Global % divisor == 0)
            .MinBy(divisor => Math.Abs(divisor - batch.MicroBatches));

    private static string Text(object value) => JobField.Text(value);

}

/// <param name="Fields">What the rule reads: it is left out when one of them is faulty; its message points to the first.</param>
internal sealed record JobRule(IReadOnlyList<string> Fields, Func<JobSpec, string?> Message);
