namespace Inception.Distributed.Checkpoints.PyTorch;

/// <summary>Views into a storage by offset, shape and strides, counted in elements.</summary>
internal static class StridedCopy
{
    /// <summary>
    /// Whether every element lies in the storage, and there are no more than the storage has: an expanded tensor could claim any number.
    /// </summary>
    public static bool IsInside(long storageElements, long offset, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        try
        {
            long elements = 1, last = offset;
            for (var axis = 0; axis < shape.Length; axis++)
            {
                if (shape[axis] < 0 || strides[axis] < 0)
                {
                    return false;
                }

                elements = checked(elements * shape[axis]);
                last = checked(last + Math.Max(0, shape[axis] - 1) * strides[axis]);
            }

            return offset >= 0 && elements <= storageElements && (elements == 0 || last < storageElements);
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    /// <param name="destination">Exactly as long as the tensor.</param>
    public static void ToRowMajor(
        ReadOnlySpan<byte> storage, Span<byte> destination, int elementBytes, long offset, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        // The longest tail of axes that lies in one piece is copied as a whole.
        var axes = shape.Length;
        long piece = 1;
        while (axes > 0 && (strides[axes - 1] == piece || shape[axes - 1] == 1))
        {
            piece *= shape[--axes];
        }

        var pieceBytes = checked((int)(piece * elementBytes));
        if (pieceBytes == 0 || destination.Length == 0)
        {
            return;
        }

        var index = new long[axes];
        for (var written = 0; written < destination.Length; written += pieceBytes)
        {
            var from = offset;
            for (var axis = 0; axis < axes; axis++)
            {
                from += index[axis] * strides[axis];
            }

            storage.Slice(checked((int)(from * elementBytes)), pieceBytes).CopyTo(destination[written..]);
            for (var axis = axes - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--)
            {
                index[axis] = 0;
            }
        }
    }
}
