using System.Collections;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor on the CPU in logical row-major order, whatever its strides. Keeps the tensor alive.</summary>
public sealed class TensorAccessor<T> : IEnumerable<T> where T : unmanaged
{
    private readonly torch.Tensor _tensor;
    private readonly long[] _shape;
    private readonly long[] _strides;
    private readonly IntPtr _address;

    internal TensorAccessor(torch.Tensor tensor)
    {
        _tensor = tensor;
        _shape = tensor.shape;
        _strides = tensor.stride();
        _address = tensor.DataAddress();
        Count = tensor.NumberOfElements;
    }

    public long Count { get; }

    /// <param name="index">Position in row-major order.</param>
    public T this[long index]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_tensor.IsInvalid, _tensor);
            unsafe
            {
                return ((T*)_address)[Offset(index)];
            }
        }

        set
        {
            ObjectDisposedException.ThrowIf(_tensor.IsInvalid, _tensor);
            unsafe
            {
                ((T*)_address)[Offset(index)] = value;
            }
        }
    }

    public T[] ToArray()
    {
        using var rowMajor = _tensor.detach().contiguous();
        var values = new T[Count];
        unsafe
        {
            new ReadOnlySpan<T>((void*)rowMajor.DataAddress(), values.Length).CopyTo(values);
        }

        return values;
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private long Offset(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        long offset = 0;
        for (var dim = _shape.Length - 1; dim >= 0; dim--)
        {
            offset += index % _shape[dim] * _strides[dim];
            index /= _shape[dim];
        }

        return offset;
    }
}
