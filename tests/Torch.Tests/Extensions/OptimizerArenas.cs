using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Tests.Extensions;

/// <summary>Arenas that start at <see cref="RecordedGradients.Start"/>, with two states of zeros.</summary>
internal sealed class OptimizerArenas(ScalarType dtype) : IDisposable
{
    internal Tensor Parameters { get; } = tensor(RecordedGradients.Start).to(dtype);
    internal Tensor Average { get; } = tensor(RecordedGradients.Start).to(dtype).clone();
    internal Tensor Gradients { get; } = zeros(RecordedGradients.Parameters, dtype);
    internal Tensor First { get; } = zeros(RecordedGradients.Parameters, dtype);
    internal Tensor Second { get; } = zeros(RecordedGradients.Parameters, dtype);

    internal void SetGradients(ReadOnlySpan<double> values)
    {
        if (dtype == float64)
        {
            values.CopyTo(MemoryMarshal.Cast<byte, double>(Gradients.bytes));
            return;
        }
        var target = MemoryMarshal.Cast<byte, float>(Gradients.bytes);
        for (var index = 0; index < values.Length; index++)
            target[index] = (float)values[index];
    }

    internal static double[] Read(Tensor arena)
    {
        using var wide = arena.to(float64);
        return wide.data<double>().ToArray();
    }

    public void Dispose()
    {
        foreach (var arena in new[] { Parameters, Average, Gradients, First, Second })
            arena.Dispose();
    }
}
