namespace Inception.Distributed.Jobs;

public sealed record CheckpointSpec
{
    [Field("Save every this many steps, and always at the end and when the run is stopped; 0: only then.", Unit = "steps", Minimum = 0)]
    public long EverySteps { get; init; } = 1000;

    [Field("How many of the newest checkpoints stay.", Minimum = 1)]
    public int Keep { get; init; } = 3;
}
