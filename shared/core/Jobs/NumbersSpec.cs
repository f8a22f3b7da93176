namespace Inception.Distributed.Jobs;

/// <summary>Decided by all ranks alike, from the same bits. docs/recovery.md says what each policy does.</summary>
public sealed record NumbersSpec
{
    [Field("When a loss or a gradient norm is not finite. skip: the step changes nothing. rollback: back to the last multiple of checkpoint.everySteps, "
        + "from where the samples up to the bad step are passed over. halt: the run ends with exit code 3, and the state before the step is kept. May be "
        + "changed when a run is resumed.", ChangesResult = false)]
    public NumbersPolicy NonFinite { get; init; } = NumbersPolicy.Skip;

    [Field("When a loss or a gradient norm is a spike, likewise.", ChangesResult = false)]
    public NumbersPolicy Spike { get; init; } = NumbersPolicy.Skip;

    [Field("A loss is a spike if it lies more than this many deviations above the median of the last window steps, a deviation being 1.4826 times the "
        + "median absolute deviation, but at least 1 % of the median; 0: none is.", Minimum = 0, IsLater = true)]
    public double LossSpike { get; init; }

    [Field("A gradient norm is a spike if it is more than this many times the median of the last window steps; 0: none is.", Minimum = 0, IsLater = true)]
    public double NormSpike { get; init; }

    [Field("How many steps the medians are taken over. None is judged before half as many are known.", Unit = "steps", Minimum = 4, Maximum = 10000, IsLater = true)]
    public int Window { get; init; } = 100;

    [Field("Rollbacks that a run may have, those before a resume included; the next one halts it.", Minimum = 0, ChangesResult = false)]
    public int Rollbacks { get; init; } = 3;

    /// <summary>Losses and norms of the last steps are part of the state.</summary>
    public bool WatchesSpikes => LossSpike > 0 || NormSpike > 0;
}

public enum NumbersPolicy { Skip, Rollback, Halt }
