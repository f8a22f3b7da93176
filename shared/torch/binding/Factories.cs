using System.Runtime.InteropServices;
using TorchSharp.Native;
using static TorchSharp.Native.Library;
using static TorchSharp.Native.TensorMethods;

namespace TorchSharp;

// Defaults: dtype float32 (or what the values' type asks for), on the CPU, without gradient.
public static partial class torch
{
    public static Tensor empty(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Checked(inc_tensor_empty(size, size.Length, new Options(dtype, device, requires_grad), out var result), result);

    public static Tensor empty(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        empty([size], dtype, device, requires_grad);

    public static Tensor zeros(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        full(size, 0, dtype ?? ScalarType.Float32, device, requires_grad);

    public static Tensor zeros(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        zeros([size], dtype, device, requires_grad);

    public static Tensor ones(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        full(size, 1, dtype ?? ScalarType.Float32, device, requires_grad);

    public static Tensor ones(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        ones([size], dtype, device, requires_grad);

    public static Tensor full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Checked(inc_tensor_full(size, size.Length, value.Number, new Options(dtype, device, requires_grad), out var result), result);

    public static Tensor full(long size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        full([size], value, dtype, device, requires_grad);

    public static Tensor zeros_like(Tensor input) => zeros(input.shape, input.dtype, input.device);

    public static Tensor empty_like(Tensor input) => empty(input.shape, input.dtype, input.device);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Checked(inc_tensor_arange(start.Number, stop.Number, step.Number, new Options(dtype, device, requires_grad), out var result), result);

    public static Tensor tensor(float scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromData([scalar], [], dtype, device, requires_grad);

    public static Tensor tensor(double scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromData([scalar], [], dtype, device, requires_grad);

    public static Tensor tensor(long scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromData([scalar], [], dtype, device, requires_grad);

    public static Tensor tensor(float[] dataArray, Device? device = null, bool requires_grad = false) =>
        FromData<float>(dataArray, [dataArray.Length], null, device, requires_grad);

    public static Tensor tensor(double[] dataArray, Device? device = null, bool requires_grad = false) =>
        FromData<double>(dataArray, [dataArray.Length], null, device, requires_grad);

    public static Tensor tensor(long[] dataArray, Device? device = null, bool requires_grad = false) =>
        FromData<long>(dataArray, [dataArray.Length], null, device, requires_grad);

    /// <summary>Copies row-major values into a tensor of the given shape.</summary>
    public static Tensor tensor(float[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromData<float>(dataArray, dimensions, dtype, device, requires_grad);

    /// <inheritdoc cref="tensor(float[], ReadOnlySpan{long}, ScalarType?, Device?, bool)"/>
    public static Tensor tensor(double[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromData<double>(dataArray, dimensions, dtype, device, requires_grad);

    /// <inheritdoc cref="tensor(float[], ReadOnlySpan{long}, ScalarType?, Device?, bool)"/>
    public static Tensor tensor(long[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromData<long>(dataArray, dimensions, dtype, device, requires_grad);

    public static Tensor cat(IList<Tensor> tensors, long dim = 0)
    {
        var status = inc_tensor_cat(Handles(tensors), tensors.Count, dim, out var result);
        GC.KeepAlive(tensors);
        return Checked(status, result);
    }

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0)
    {
        var list = tensors.ToList();
        var status = inc_tensor_stack(Handles(list), list.Count, dim, out var result);
        GC.KeepAlive(list);
        return Checked(status, result);
    }

    private static Tensor FromData<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> shape, ScalarType? dtype, Device? device, bool requiresGrad)
        where T : unmanaged
    {
        long elements = 1;
        foreach (var size in shape)
            elements *= size;
        if (elements != values.Length)
            throw new ArgumentException($"{values.Length} values do not fill the shape [{string.Join(", ", shape.ToArray())}].", nameof(values));
        var options = new Options(dtype, device, requiresGrad);
        var status = inc_tensor_from_data(MemoryMarshal.AsBytes(values), (int)ScalarTypeOf<T>(), shape, shape.Length, options, out var result);
        return Checked(status, result);
    }

    private static IntPtr[] Handles(IList<Tensor> tensors)
    {
        var handles = new IntPtr[tensors.Count];
        for (var i = 0; i < handles.Length; i++)
            handles[i] = tensors[i].Handle;
        return handles;
    }
}
