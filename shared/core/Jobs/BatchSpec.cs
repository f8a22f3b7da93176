namespace Inception.Distributed.Jobs;

public sealed record BatchSpec
{
    [Field("B: samples of one optimizer step over all workers.", Unit = "samples", Minimum = 1, Maximum = 1 << 24)]
    public required int Global { get; init; }

    [Field("R: the fixed number of micro-batches that a step is cut into, and so the largest number of workers. Must divide global.",
        Minimum = 1)]
    public required int MicroBatches { get; init; }

    /// <summary>Samples of one micro-batch.</summary>
    public int MicroBatchSize => Global / MicroBatches;
}
