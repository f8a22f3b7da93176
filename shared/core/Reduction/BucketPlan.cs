namespace Inception.Distributed.Reduction;

/// <summary>Consecutive tensors of an arena that are reduced together. Offset and length in elements.</summary>
public readonly record struct Bucket(int Index, long Offset, long Length, int FirstTensor, int TensorCount);

/// <summary>The part of a bucket that one rank adds up for all. Offset in elements from the start of the arena; may be empty.</summary>
public readonly record struct BucketSegment(long Offset, long Length);

/// <summary>
/// Cuts a gradient arena, whose tensors lie in backward order, into buckets: a bucket's reduction starts when its last
/// gradient is there, under the rest of backward. No sum depends on where the cuts are.
/// </summary>
public sealed class BucketPlan
{
    private const int SegmentAlignment = 16;

    private readonly int[] _bucketOfTensor;

    /// <param name="tensorLengths">Elements of each tensor, in the arena's order.</param>
    /// <param name="bucketElements">
    /// A bucket ends before the tensor that would take it beyond this; a longer tensor is a bucket of its own.
    /// </param>
    public BucketPlan(IReadOnlyList<long> tensorLengths, long bucketElements)
    {
        ArgumentOutOfRangeException.ThrowIfZero(tensorLengths.Count, nameof(tensorLengths));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bucketElements);
        _bucketOfTensor = new int[tensorLengths.Count];
        var buckets = new List<Bucket>();
        var current = new Bucket();
        for (var tensor = 0; tensor < tensorLengths.Count; tensor++)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tensorLengths[tensor], nameof(tensorLengths));
            if (current.Length > 0 && current.Length + tensorLengths[tensor] > bucketElements)
            {
                buckets.Add(current);
                current = new Bucket(buckets.Count, current.Offset + current.Length, 0, tensor, 0);
            }

            current = current with { Length = current.Length + tensorLengths[tensor], TensorCount = current.TensorCount + 1 };
            _bucketOfTensor[tensor] = current.Index;
        }

        buckets.Add(current);
        Buckets = buckets;
    }

    public IReadOnlyList<Bucket> Buckets { get; }

    /// <summary>Index of each tensor's bucket.</summary>
    public IReadOnlyList<int> BucketOfTensor => _bucketOfTensor;

    /// <summary>The segments of a bucket partition it in rank order, as evenly as whole units of 16 elements allow.</summary>
    public static BucketSegment Segment(Bucket bucket, int rank, int worldSize)
    {
        var units = (bucket.Length + SegmentAlignment - 1) / SegmentAlignment;
        var start = StartOf(rank);
        return new BucketSegment(bucket.Offset + start, StartOf(rank + 1) - start);

        long StartOf(int owner) =>
            Math.Min(bucket.Length, SegmentAlignment * (owner * (units / worldSize) + Math.Min(owner, units % worldSize)));
    }
}
