using Inception.Distributed.Jobs;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Models;

/// <summary>The auxiliary classifier of "Rethinking" on a 17×17 grid: N×768×17×17 → N×classes. Channels at full width.</summary>
public sealed class AuxiliaryHead : nn.Module<Tensor, Tensor>
{
    private readonly HeadPool _pool = new(grid: 5, exact: false);
    private readonly AdaptiveAveragePool _averagePool = new(1);
    private readonly BasicConv2d _conv0;
    private readonly BasicConv2d _conv1;
    private readonly Dropout _dropout;
    private readonly Linear _fc;

    /// <param name="batchNormFc">Whether the fully connected layer (a 5×5 convolution of a 5×5 grid) is normalized: the paper's BN-auxiliary.</param>
    internal AuxiliaryHead(int inChannels, ModelSpec spec, ChannelWidth width, bool batchNormFc) : base(nameof(AuxiliaryHead))
    {
        register_module("pool", _pool);
        register_module("conv0", _conv0 = new BasicConv2d(inChannels, width.Scale(128), Window.Square(1, stride: 1, padding: 0)));
        register_module("conv1", _conv1 = new BasicConv2d(_conv0.OutChannels, width.Scale(768), Window.Square(5, stride: 1, padding: 0), batchNormFc));
        register_module("avgpool", _averagePool);
        register_module("dropout", _dropout = nn.Dropout(spec.Auxiliary.Dropout ?? 0));
        register_module("fc", _fc = nn.Linear(_conv1.OutChannels, spec.Classes));
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        // N × 768 × 17 × 17
        var x = _pool.call(input);
        // N × 768 × 5 × 5
        x = _conv0.call(x);
        // N × 128 × 5 × 5
        x = _conv1.call(x);
        // N × 768 × 1 × 1
        x = _dropout.call(_averagePool.call(x)).flatten(1);
        // N × 768
        return _fc.call(x).MoveToOuterDisposeScope();
    }
}
