using Inception.Distributed.Jobs;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Models;

/// <summary>GoogLeNet's auxiliary classifier: N×C×14×14 → N×classes. Channels at full width.</summary>
public sealed class GoogLeNetHead : nn.Module<Tensor, Tensor>
{
    // The fully connected layer takes a grid of this size.
    private const int Grid = 4;

    private readonly nn.Module<Tensor, Tensor> _pool;
    private readonly BasicConv2d _conv;
    private readonly Linear _fc1;
    private readonly Dropout _dropout;
    private readonly Linear _fc2;

    /// <param name="publishedPool">5×5 pooling with stride 3 wherever it fits; otherwise adaptive pooling to 4×4 always, as in torchvision.</param>
    internal GoogLeNetHead(int inChannels, ModelSpec spec, ChannelWidth width, bool batchNorm, bool publishedPool = true) : base(nameof(GoogLeNetHead))
    {
        register_module("pool", _pool = publishedPool ? new HeadPool(Grid, exact: true) : new AdaptiveAveragePool(Grid));
        register_module("conv", _conv = new BasicConv2d(inChannels, width.Scale(128), Window.Square(1, stride: 1, padding: 0), batchNorm));
        var features = width.Scale(1024);
        register_module("fc1", _fc1 = nn.Linear(_conv.OutChannels * Grid * Grid, features));
        register_module("dropout", _dropout = nn.Dropout(spec.Auxiliary.Dropout ?? 0.7));
        register_module("fc2", _fc2 = nn.Linear(features, spec.Classes));
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        // N × C × 14 × 14
        var x = _pool.call(input);
        // N × C × 4 × 4
        x = _conv.call(x).flatten(1);
        // N × 2048
        x = nn.functional.relu(_fc1.call(x), inplace: true);
        // N × 1024
        return _fc2.call(_dropout.call(x)).MoveToOuterDisposeScope();
    }
}
