using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Models;

/// <summary>The auxiliary classifier on Mixed_6e: N×768×17×17 → N×classes. Channels at full width.</summary>
public sealed class AuxiliaryHead : nn.Module<Tensor, Tensor>
{
    /// <summary>The grid of a 299×299 image, the smallest on which the published pooling leaves the 5×5 that the second convolution needs.</summary>
    private const int PublishedGrid = 17;

    private readonly BasicConv2d _conv0;
    private readonly BasicConv2d _conv1;
    private readonly Linear _fc;

    internal AuxiliaryHead(int inChannels, int classes, ChannelWidth width) : base(nameof(AuxiliaryHead))
    {
        _conv0 = new BasicConv2d(inChannels, width.Scale(128), kernel: (1, 1), stride: 1, padding: (0, 0));
        _conv1 = new BasicConv2d(_conv0.OutChannels, width.Scale(768), kernel: (5, 5), stride: 1, padding: (0, 0));
        _fc = nn.Linear(_conv1.OutChannels, classes);
        register_module("conv0", _conv0);
        register_module("conv1", _conv1);
        register_module("fc", _fc);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        // N × 768 × 17 × 17
        var x = Pool(input);
        // N × 768 × 5 × 5
        x = _conv0.call(x);
        // N × 128 × 5 × 5
        x = _conv1.call(x);
        // N × 768 × 1 × 1
        x = nn.functional.adaptive_avg_pool2d(x, 1).flatten(1);
        // N × 768
        return _fc.call(x).MoveToOuterDisposeScope();
    }

    // Grids too small for the published 5×5 windows of stride 3 are pooled adaptively to 5×5, so that the head works for every input.
    private static Tensor Pool(Tensor input)
    {
        var shape = input.shape;
        return Math.Min(shape[2], shape[3]) < PublishedGrid
            ? nn.functional.adaptive_avg_pool2d(input, 5)
            : nn.functional.avg_pool2d(input, 5, stride: 3);
    }
}
