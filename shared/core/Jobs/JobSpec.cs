namespace Inception.Distributed.Jobs;

/// <summary>
/// What the user wrote in a job file, complete with defaults; immutable. <see cref="JobPlan"/> is what follows from it.
/// The attributes are the fields' only documentation: messages, JSON schema and docs/job-file.md come from them.
/// </summary>
public sealed record JobSpec
{
    [Field("Name of the run, shown to people.", ChangesResult = false)]
    public required string Name { get; init; }

    [Field("Keys every random choice of the run: sample order, augmentation, dropout, initial weights.")]
    public long Seed { get; init; }

    [Field("The network.")]
    public required ModelSpec Model { get; init; }

    [Field("The loss, the same on the main and on the auxiliary heads.")]
    public LossSpec Loss { get; init; } = new();

    [Field("What is trained on and evaluated on.")]
    public required DataSpec Data { get; init; }

    [Field("How many samples make a step, and how a step is cut.")]
    public required BatchSpec Batch { get; init; }

    [Field("The optimizer and the running average of the weights. Order within a step: clip, decay, update, average.")]
    public required OptimizerSpec Optimizer { get; init; }

    [Field("Length of the run and the learning rate over it.")]
    public required ScheduleSpec Schedule { get; init; }

    [Field("When the state is saved.", ChangesResult = false)]
    public CheckpointSpec Checkpoint { get; init; } = new();

    [Field("What happens when the numbers go bad.")]
    public NumbersSpec Numbers { get; init; } = new();

    [Field("The workers that train the job.")]
    public WorkersSpec Workers { get; init; } = new();

    [Field("deterministic: gradients are summed in a fixed tree, the same bits for every number of workers. "
        + "fast: the library's own all-reduce, without that promise.")]
    public ReductionKind Reduction { get; init; } = ReductionKind.Deterministic;

    [Field("bf16: autocast; weights, gradients and optimizer stay fp32.")]
    public Precision Precision { get; init; } = Precision.Fp32;
}

public enum ReductionKind { Deterministic, Fast }

public enum Precision { Fp32, Bf16 }
