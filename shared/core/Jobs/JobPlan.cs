using Inception.Distributed.Sampling;

namespace Inception.Distributed.Jobs;

/// <summary>
/// What follows from a job and the sizes of its datasets: how many steps there are, what is due after which of them, and the learning rate.
/// Immutable and pure. A step number counts applied steps: 0 before the first one, <see cref="TotalSteps"/> at the end.
/// </summary>
public sealed class JobPlan
{
    // Decimal arithmetic takes "2.3 epochs" as the user wrote it; in binary, 2.3 · 100 is 229.99999999999997.
    private readonly decimal _epochs;
    private readonly decimal _evaluateEvery;
    private readonly long _batch;
    private readonly LearningRateSchedule _learningRate;
    private readonly SampleSources? _sources;

    /// <exception cref="UserErrorException">The run has not one whole step.</exception>
    public JobPlan(JobSpec spec, SampleSources sources, long validationSamples)
        : this(spec, sources.Count, validationSamples) => _sources = sources;

    /// <param name="trainSamples">Of the only source.</param>
    /// <inheritdoc cref="JobPlan(JobSpec, SampleSources, long)"/>
    public JobPlan(JobSpec spec, long trainSamples, long validationSamples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trainSamples);
        ArgumentOutOfRangeException.ThrowIfNegative(validationSamples);
        Spec = spec;
        TrainSamples = trainSamples;
        ValidationSamples = validationSamples;
        _batch = spec.Batch.Global;
        _learningRate = new LearningRateSchedule(spec);
        _epochs = (decimal)spec.Schedule.Epochs;
        _evaluateEvery = (decimal)spec.Schedule.EvaluateEvery;

        if (trainSamples < _batch)
        {
            throw new UserErrorException("batch.global",
                $"a step takes {_batch} samples and the training set has only {trainSamples}; "
                    + $"lower batch.global to at most {trainSamples}");
        }
        var samples = (long)decimal.Floor(_epochs * trainSamples);
        var steps = samples / _batch;
        if (steps == 0)
        {
            throw new UserErrorException("schedule.epochs",
                $"{JobField.Text(spec.Schedule.Epochs)} epochs are {samples} samples, fewer than a step's {_batch}; raise schedule.epochs");
        }
        var isCutShort = spec.Schedule.MaxSteps > 0 && spec.Schedule.MaxSteps < steps;
        TotalSteps = isCutShort ? spec.Schedule.MaxSteps : steps;
        UnusedSamples = isCutShort ? 0 : (int)(samples - steps * _batch);
    }

    public JobSpec Spec { get; }

    /// <summary>N: samples of an epoch.</summary>
    public long TrainSamples { get; }

    /// <summary>Where the samples come from.</summary>
    public SampleSources Sources => _sources ?? new SampleSources(TrainSamples);

    /// <summary>Which sample comes when.</summary>
    public SampleOrder CreateOrder() => new(Spec.Seed, Sources);

    /// <summary>0: the run is not evaluated.</summary>
    public long ValidationSamples { get; }

    /// <summary>min(⌊E·N/B⌋, maxSteps).</summary>
    public long TotalSteps { get; }

    /// <summary>Samples at the end of the last epoch that fill no step, fewer than B; 0 when maxSteps ends the run.</summary>
    public int UnusedSamples { get; }

    /// <summary>Epochs completed after <paramref name="step"/> steps.</summary>
    public double EpochAt(long step) => (double)step * _batch / TrainSamples;

    /// <summary>
    /// The first step whose samples complete a multiple of evaluateEvery epochs, or the last step; never without validation samples.
    /// </summary>
    public bool IsEvaluation(long step) =>
        ValidationSamples > 0 && IsInRun(step) && (step == TotalSteps || EvaluationsDue(step) > EvaluationsDue(step - 1));

    /// <summary>Every everySteps steps, and the last step; where the best ones are kept, at each evaluation too.</summary>
    public bool IsCheckpoint(long step)
    {
        var every = Spec.Checkpoint.EverySteps;
        return IsInRun(step) && (step == TotalSteps || (every > 0 && step % every == 0) || (Spec.Checkpoint.KeepBest > 0 && IsEvaluation(step)));
    }

    /// <summary>The next step after <paramref name="step"/> at which an evaluation, a checkpoint or the end is due.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative or not before the last one.</exception>
    public long NextBoundary(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, TotalSteps);
        var next = TotalSteps;
        if (Spec.Checkpoint.EverySteps > 0)
            next = step + Math.Min(TotalSteps - step, Spec.Checkpoint.EverySteps - step % Spec.Checkpoint.EverySteps);
        if (ValidationSamples > 0 && _evaluateEvery > 0) next = Math.Min(next, EvaluationStep(EvaluationsDue(step) + 1));
        return next;
    }

    /// <summary>
    /// The learning rate of the step about to be applied after <paramref name="step"/> others: the schedule's value at the middle of the
    /// step's samples, so that the batch size does not move the curve and neither end of it is a step with a rate of 0.
    /// </summary>
    public double LearningRateAt(long step) => _learningRate.At((step + 0.5) * _batch / TrainSamples);

    private bool IsInRun(long step) => step > 0 && step <= TotalSteps;

    // Multiples of evaluateEvery epochs that the first steps complete.
    private long EvaluationsDue(long step) =>
        _evaluateEvery == 0 ? 0 : (long)decimal.Floor((decimal)step * _batch / (_evaluateEvery * TrainSamples));

    private long EvaluationStep(long multiple) => (long)decimal.Ceiling(multiple * _evaluateEvery * TrainSamples / _batch);
}
