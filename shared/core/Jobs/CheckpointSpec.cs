namespace Inception.Distributed.Jobs;

public sealed record CheckpointSpec
{
    [Field("Save every this many steps, and always at the end and when the run is stopped; 0: only then.", Unit = "steps", Minimum = 0)]
    public long EverySteps { get; init; } = 1000;

    [Field("How many of the newest checkpoints stay.", Minimum = 1)]
    public int Keep { get; init; } = 3;

    [Field("Checkpoints younger than this stay too; 0: age keeps none.", Unit = "hours", Minimum = 0, Maximum = 1e6)]
    public double KeepFor { get; init; }

    [Field("This many checkpoints with the best top-1 stay too. Above 0, a checkpoint is also saved at every evaluation.", Minimum = 0)]
    public int KeepBest { get; init; }

    [Field("How often a failed save is tried again before it is given up. Training goes on meanwhile.", Minimum = 0, Maximum = 100)]
    public int Retries { get; init; } = 4;

    [Field("Before the first of these tries; doubled before each further one.", Unit = "seconds", Minimum = 0, Maximum = 3600)]
    public double RetryDelay { get; init; } = 2;

    [Field("A save that takes longer is given up: the run does not wait for it at its end.", Unit = "seconds", Above = 0, Maximum = 1e6)]
    public double Timeout { get; init; } = 600;
}
