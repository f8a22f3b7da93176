using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Training;

/// <summary>
/// Copies values of one shape to a device through page-locked memory, which is taken once and used for every copy, so that the CPU goes
/// on while the device fetches them. Training thread only.
/// </summary>
/// <param name="pin">Copies a tensor to page-locked memory.</param>
internal sealed class StagedCopy(long[] shape, ScalarType dtype, Device device, Func<Tensor, Tensor> pin) : IDisposable
{
    private readonly Tensor _memory = Pinned(shape, dtype, pin);

    /// <summary>
    /// Starts the copy of row-major values. The next call writes over the memory that the device fetches from, so something of this copy's
    /// stream must have been waited for by then.
    /// </summary>
    /// <exception cref="ArgumentException">The values do not fill the shape.</exception>
    public Tensor Start<T>(T[] values) where T : unmanaged
    {
        var source = MemoryMarshal.AsBytes(values.AsSpan());
        var memory = _memory.bytes;
        if (source.Length != memory.Length) throw new ArgumentException($"{source.Length} bytes for a copy of {memory.Length}.", nameof(values));
        source.CopyTo(memory);
        return empty(shape, dtype, device).copy_(_memory, true);
    }

    public void Dispose() => _memory.Dispose();

    private static Tensor Pinned(long[] shape, ScalarType dtype, Func<Tensor, Tensor> pin)
    {
        using var pageable = empty(shape, dtype);
        return pin(pageable).DetachFromDisposeScope();
    }
}
