using Inception.Distributed.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch;

/// <summary>
/// Layers for CPUs that compute what the library's own do, with less traffic to memory and always by oneDNN. They record gradients, once:
/// no gradient of a gradient. Results do not depend on the number of threads, save the convolution's.
/// </summary>
public static class FusedLayers
{
    /// <summary>Whether these layers take the tensor: float32 or float64, N×C×H×W, on the CPU, outside autocast.</summary>
    public static bool Support(Tensor input)
    {
        Status.Check(LayerMethods.inc_layers_supported(input, out var supported));
        return supported;
    }

    /// <summary>Convolution without bias.</summary>
    /// <param name="input">N×C×H×W, best channels-last.</param>
    /// <param name="weight">out×C×h×w, best channels-last.</param>
    /// <param name="stride">Height and width.</param>
    /// <param name="padding">Height and width, by zeros on both sides.</param>
    public static Tensor Convolution(Tensor input, Tensor weight, (long Height, long Width) stride, (long Height, long Width) padding)
    {
        var result = empty(0);
        Status.Check(LayerMethods.inc_convolution(input, weight, [stride.Height, stride.Width], [padding.Height, padding.Width], result));
        return result;
    }

    /// <summary>
    /// ReLU of the batch normalization, channels-last. In training mode by the batch, averaged into the module's running statistics; in evaluation by
    /// these, and then only where no gradient is recorded.
    /// </summary>
    public static Tensor NormalizeRelu(Tensor input, BatchNorm2d normalization)
    {
        var result = empty(0);
        Status.Check(LayerMethods.inc_normalize_relu(input, normalization.weight, normalization.bias!, normalization.running_mean!, normalization.running_var!,
            normalization.training, normalization.momentum ?? 0, normalization.eps, result));
        return result;
    }
}
