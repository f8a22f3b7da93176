namespace Inception.Distributed.Jobs;

public sealed record WorkersSpec
{
    [Field("Training starts once this many workers are ready; at most max and batch.microBatches.", Minimum = 1, ChangesResult = false)]
    public int Min { get; init; } = 1;

    [Field("Largest number of workers that train; 0: as many as there are micro-batches, which is also the most.",
        Minimum = 0, ChangesResult = false)]
    public int Max { get; init; }

    [Field("Compute threads of each worker. Part of the job, since they change the order of sums inside a kernel.",
        Minimum = 1, Maximum = 1024)]
    public int Threads { get; init; } = 1;

    [Field("Size of a gradient bucket. Changes no bit of the result.", Unit = "MiB", Above = 0, Maximum = 1024, ChangesResult = false)]
    public double BucketMiB { get; init; } = 8;

    [Field("Time between heartbeats.", Unit = "seconds", Above = 0, ChangesResult = false)]
    public double Heartbeat { get; init; } = 1;

    [Field("Time without a sign of life after which a worker counts as lost. Must be longer than heartbeat.",
        Unit = "seconds", Above = 0, ChangesResult = false)]
    public double Timeout { get; init; } = 10;

    [Field("How long the first generation waits for workers that were announced (--workers) once min are ready; each one that comes is a new beginning.",
        Unit = "seconds", Above = 0, ChangesResult = false)]
    public double StartTimeout { get; init; } = 60;

    [Field("How long a worker looks for its coordinator before it gives up.", Unit = "seconds", Above = 0, ChangesResult = false)]
    public double OrphanTimeout { get; init; } = 60;

    [Field("Workers that keep the others waiting.", ChangesResult = false)]
    public StragglersSpec Stragglers { get; init; } = new();
}

/// <summary>A step takes as long as its slowest rank.</summary>
public sealed record StragglersSpec
{
    [Field("log: they are named. drain: they are let go like a drained worker, and a spare or the others take their place, as long as min workers are left. "
        + "ignore: nobody looks.")]
    public StragglersPolicy Policy { get; init; } = StragglersPolicy.Log;

    [Field("A worker straggles where a micro-batch's data or its computation (forward and backward) takes it more than this many times the median of the others, "
        + "medians taken over window steps, and at least a tenth of a step more.", Above = 1)]
    public double Factor { get; init; } = 1.5;

    [Field("How many of the last steps the medians are taken over.", Unit = "steps", Minimum = 3, Maximum = 1000)]
    public int Window { get; init; } = 20;
}

public enum StragglersPolicy { Log, Drain, Ignore }
