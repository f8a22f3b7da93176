using Inception.Distributed.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Models;

/// <summary>
/// The family's convolution: without bias, followed by batch normalization (ε = 0.001) and ReLU; or, as before batch normalization was
/// found, with bias and ReLU.
///
/// The normalization has momentum 1: in training the forward pass leaves exactly the batch's mean and unbiased variance in
/// <c>running_mean</c> and <c>running_var</c>, nothing averaged. The trainer points these at scratch memory, keeps the running
/// averages itself, and copies them in for evaluation; it also sets <c>num_batches_tracked</c>.
/// </summary>
public sealed class BasicConv2d : nn.Module<Tensor, Tensor>, ILayer
{
    private const double Epsilon = 0.001;

    private readonly Window _window;
    private readonly Conv2d _convolution;
    private readonly BatchNorm2d? _normalization;

    internal BasicConv2d(int inChannels, int outChannels, Window window, bool batchNorm = true) : base(nameof(BasicConv2d))
    {
        OutChannels = outChannels;
        _window = window;
        _convolution = nn.Conv2d(inChannels, outChannels, window.Kernel, window.Stride, window.Padding, bias: !batchNorm);
        register_module("conv", _convolution);
        if (batchNorm) register_module("bn", _normalization = nn.BatchNorm2d(outChannels, Epsilon, momentum: 1));
    }

    public int OutChannels { get; }

    public LayerKind Kind => LayerKind.Convolution;

    public Window WindowOn(long height, long width) => _window;

    public override Tensor forward(Tensor input)
    {
        if (_normalization is null) return nn.functional.relu(_convolution.call(input), inplace: true);
        using var convolved = Fused(input) ? FusedLayers.Convolution(input, _convolution.weight, _window.Stride, _window.Padding) : _convolution.call(input);
        return Fused(convolved) ? FusedLayers.NormalizeRelu(convolved, _normalization) : nn.functional.relu(_normalization.call(convolved), inplace: true);
    }

    // The fused layers compute the same, but record no gradient in evaluation.
    private bool Fused(Tensor input) => (training || !is_grad_enabled()) && FusedLayers.Support(input);
}
