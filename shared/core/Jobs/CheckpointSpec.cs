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
}
