namespace Inception.Distributed.Jobs;

public sealed record WorkersSpec
{
    [Field("Training starts once this many workers are ready; at most max and batch.microBatches.", Minimum = 1, ChangesResult = false)]
    public int Min { get; init; } = 1;

    [Field("How long the first generation waits for workers that were announced (--workers) once min are ready; each one that comes is a new beginning.",
        Unit = "seconds", Above = 0, ChangesResult = false)]
    public double StartTimeout { get; init; } = 60;

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

    [Field("How long a worker looks for its coordinator before it gives up.", Unit = "seconds", Above = 0, ChangesResult = false)]
    public double OrphanTimeout { get; init; } = 60;
}
