using Inception.Distributed.Torch.Native;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch;

/// <summary>Sums over flat arenas (contiguous, fp32 or fp64) whose order, and so whose bits, depend on lengths alone. Offsets and lengths count elements.</summary>
public static class FixedOrderSum
{
    /// <summary>
    /// The sum of the squares of the first <paramref name="length"/> elements, in fp64. Blocks of 65,536 elements are added in block order; inside a block,
    /// lane l of 32 adds elements l, l + 32, … in order, and the lanes are added in a tree.
    /// </summary>
    public static double SumOfSquares(Tensor arena, long length)
    {
        Status.Check(ArenaMethods.inc_sum_of_squares(arena, length, out var result));
        return result;
    }

    /// <summary>destination[i] += source[i], the node of the reduction tree.</summary>
    public static void Add(Tensor destination, long destinationOffset, Tensor source, long sourceOffset, long length) =>
        Status.Check(ArenaMethods.inc_arena_add(destination, destinationOffset, source, sourceOffset, length));

    public static void Copy(Tensor destination, long destinationOffset, Tensor source, long sourceOffset, long length) =>
        Status.Check(ArenaMethods.inc_arena_copy(destination, destinationOffset, source, sourceOffset, length));
}
