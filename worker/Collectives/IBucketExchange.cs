using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>
/// Combines one bucket over the ranks, in two overlapping halves. Called by the communicator thread alone, for buckets in
/// ascending order: Start(0), Start(1), Finish(0), Start(2), Finish(1) …, alike on all ranks.
/// </summary>
internal interface IBucketExchange : IDisposable
{
    /// <summary>The sums over all micro-batches, valid once every bucket has finished.</summary>
    Tensor Sums { get; }

    /// <summary>Issues the bucket's first transfers. The bucket's own sums must be complete.</summary>
    void Start(long step, int bucket);

    /// <summary>Waits for them, combines, and completes the bucket in <see cref="Sums"/>.</summary>
    void Finish(long step, int bucket);
}
