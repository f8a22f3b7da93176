using Inception.Distributed.Sampling;

namespace Inception.Distributed.Worker.Data;

/// <summary>One prepared micro-batch. The arrays are pinned and reused: see <see cref="Prefetcher.Take"/> for how long they stay.</summary>
public sealed class MicroBatch
{
    internal MicroBatch(int samples, int imageElements)
    {
        Samples = new SampleReference[samples];
        Images = GC.AllocateUninitializedArray<float>(samples * imageElements, pinned: true);
        Labels = GC.AllocateUninitializedArray<long>(samples, pinned: true);
    }

    /// <summary>Steps applied before the one that this belongs to.</summary>
    public long Step { get; internal set; }

    /// <summary>0 … microBatches − 1.</summary>
    public int Index { get; internal set; }

    /// <summary>How many of the samples are corrupt; others are in their places.</summary>
    public int Corrupt { get; internal set; }

    public SampleReference[] Samples { get; }

    /// <summary>Normalised RGB: sample, height, width, channel.</summary>
    public float[] Images { get; }

    public long[] Labels { get; }
}
