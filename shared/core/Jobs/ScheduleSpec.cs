namespace Inception.Distributed.Jobs;

public sealed record ScheduleSpec
{
    [Field("Length of the run. Its last samples that fill no step are left out, fewer than batch.global once a run.",
        Unit = "epochs", Above = 0, Maximum = 1_000_000)]
    public required double Epochs { get; init; }

    [Field("Ends the run after this many steps if that is earlier; 0: no such limit. The learning rate still follows epochs.",
        Unit = "steps", Minimum = 0, ChangesResult = false)]
    public long MaxSteps { get; init; }

    [Field("Linear increase from 0 to the learning rate, shorter than epochs; the policy starts after it.",
        Unit = "epochs", Minimum = 0, Maximum = 1_000_000)]
    public double Warmup { get; init; }

    [Field("constant: the learning rate. exponential: a staircase. cosine: half a cosine down. polynomial: a power of what is left of the run. "
        + "step: a fall at each milestone.")]
    public SchedulePolicy Policy { get; init; } = SchedulePolicy.Cosine;

    [Field("exponential: the factor applied every decayEpochs.", Above = 0, Maximum = 1)]
    public double DecayRate { get; init; } = 0.94;

    [Field("exponential: the length of a stair.", Unit = "epochs", Above = 0)]
    public double DecayEpochs { get; init; } = 2;

    [Field("cosine, polynomial: where the curve ends, as a fraction of the learning rate.", Minimum = 0, Maximum = 1)]
    public double FinalFraction { get; init; }

    [Field("polynomial: the power; 1: a straight line down.", Above = 0, Maximum = 100, IsLater = true)]
    public double Power { get; init; } = 1;

    [Field("step: the epochs of the run at which the rate falls, ascending, after warm-up and before the end.", Unit = "epochs", Above = 0, IsLater = true)]
    public NumberList Milestones { get; init; } = [];

    [Field("step: the factor applied at each milestone.", Above = 0, Maximum = 1, IsLater = true)]
    public double StepFactor { get; init; } = 0.1;

    [Field("Evaluate every this many epochs, and always at the end; 0: only at the end. At least 0.001 otherwise.",
        Unit = "epochs", Minimum = 0, Maximum = 1_000_000, ChangesResult = false)]
    public double EvaluateEvery { get; init; } = 1;

    [Field("Where optimizer.ema keeps an average: when the raw weights are evaluated beside it. Such an evaluation takes twice as long.", ChangesResult = false)]
    public EvaluateRaw EvaluateRaw { get; init; } = EvaluateRaw.Always;
}

/// <summary>At every evaluation, at the run's last one, or at none.</summary>
public enum EvaluateRaw { Always, End, Never }

public enum SchedulePolicy { Exponential, Cosine, Constant, Polynomial, Step }
