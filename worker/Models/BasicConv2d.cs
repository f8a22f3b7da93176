using Inception.Distributed.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Models;

/// <summary>
/// The family's convolution: without bias, followed by batch normalization (ε = 0.001) and ReLU.
///
/// The normalization has momentum 1: in training the forward pass leaves exactly the batch's mean and unbiased variance in
/// <c>running_mean</c> and <c>running_var</c>, nothing averaged. The trainer points these at scratch memory, keeps the running
/// averages itself, and copies them in for evaluation; it also sets <c>num_batches_tracked</c>.
/// </summary>
public sealed class BasicConv2d : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 0.001;

    private readonly (long, long) _stride;
    private readonly (long, long) _padding;
    private readonly Conv2d _convolution;
    private readonly BatchNorm2d _normalization;

    internal BasicConv2d(int inChannels, int outChannels, (long Height, long Width) kernel, long stride, (long Height, long Width) padding)
        : base(nameof(BasicConv2d))
    {
        OutChannels = outChannels;
        (_stride, _padding) = ((stride, stride), padding);
        _convolution = nn.Conv2d(inChannels, outChannels, kernel, _stride, _padding, bias: false);
        _normalization = nn.BatchNorm2d(outChannels, Epsilon, momentum: 1);
        register_module("conv", _convolution);
        register_module("bn", _normalization);
    }

    public int OutChannels { get; }

    public override Tensor forward(Tensor input)
    {
        using var convolved = Fused(input) ? FusedLayers.Convolution(input, _convolution.weight, _stride, _padding) : _convolution.call(input);
        return Fused(convolved) ? FusedLayers.NormalizeRelu(convolved, _normalization) : nn.functional.relu(_normalization.call(convolved), inplace: true);
    }

    // The fused layers compute the same, but record no gradient in evaluation.
    private bool Fused(Tensor input) => (training || !is_grad_enabled()) && FusedLayers.Support(input);
}
