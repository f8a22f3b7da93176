using Inception.Distributed.Jobs;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Models;

/// <summary>
/// A trunk of layers one after the other, a classifier on its end, and auxiliary heads beside it. A network's constructor lists them
/// as the paper's table does; input channels follow from what stands before.
/// </summary>
public abstract class InceptionNetwork : nn.Module<Tensor, InceptionOutput>
{
    private readonly List<nn.Module<Tensor, Tensor>> _trunk = [];
    private readonly List<(int Place, nn.Module<Tensor, Tensor> Module)> _heads = [];
    private readonly AdaptiveAveragePool _averagePool = new(1);
    private readonly StemKind _stem;
    private Dropout? _dropout;
    private Linear? _fc;

    private protected InceptionNetwork(string name, ModelSpec spec) : base(name)
    {
        Width = new ChannelWidth(spec.Width);
        Heads = KnownNetworks.Find(spec.Name).HeadsOf(spec);
        _stem = spec.Stem;
    }

    /// <summary>Of every layer.</summary>
    private protected ChannelWidth Width { get; }

    /// <summary>How many auxiliary heads there are.</summary>
    private protected int Heads { get; }

    /// <summary>Of the first convolution.</summary>
    private protected int FirstStride => _stem == StemKind.Standard ? 2 : 1;

    /// <summary>Of the trunk so far.</summary>
    private protected int Channels { get; private set; } = 3;

    /// <summary>The trunk's end so far, for a head that is registered later.</summary>
    private protected Tap Here => new(_trunk.Count, Channels);

    /// <param name="input">N×3×H×W. Where a feature map is 1×1, training needs N ≥ 2: batch normalization of one value is none.</param>
    public sealed override InceptionOutput forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var auxiliary = new List<Tensor>();
        var x = input;
        for (var place = 0; place < _trunk.Count; place++)
        {
            // Lets go of each intermediate result at once: in evaluation nothing else holds it.
            var next = _trunk[place].call(x);
            if (!ReferenceEquals(x, input)) x.Dispose();
            x = next;
            if (!training) continue;
            foreach (var head in _heads.Where(head => head.Place == place + 1)) auxiliary.Add(head.Module.call(x).MoveToOuterDisposeScope());
        }

        // N × channels × h × w
        x = _averagePool.call(x);
        // N × channels × 1 × 1
        x = _dropout!.call(x).flatten(1);
        // N × channels
        return new InceptionOutput(_fc!.call(x).MoveToOuterDisposeScope(), auxiliary);
    }

    private protected void Conv(string name, int channels, int size, int stride = 1, int padding = 0, bool batchNorm = true)
    {
        var convolution = new BasicConv2d(Channels, Width.Scale(channels), Window.Square(size, stride, padding), batchNorm);
        Add(name, convolution, convolution.OutChannels);
    }

    private protected void MaxPool(string name, int size = 3, bool ceilMode = false) => Add(name, new MaxPool(size, stride: 2, ceilMode: ceilMode), Channels);

    /// <summary>The max pooling that follows the first convolutions, where the stem has it.</summary>
    private protected void FirstMaxPool(string name, bool ceilMode = false)
    {
        if (_stem != StemKind.Stride1NoPool) MaxPool(name, ceilMode: ceilMode);
    }

    private protected void Normalize(string name) => Add(name, new LocalResponseNorm(), Channels);

    private protected void Mixed(string name, InceptionModule module) => Add(name, module, module.OutChannels);

    private protected void Head(string name, Tap tap, nn.Module<Tensor, Tensor> head)
    {
        register_module(name, head);
        _heads.Add((tap.Place, head));
    }

    /// <summary>Global average pooling, dropout, linear layer.</summary>
    private protected void Classifier(double dropout, int classes)
    {
        register_module("avgpool", _averagePool);
        register_module("dropout", _dropout = nn.Dropout(dropout));
        register_module("fc", _fc = nn.Linear(Channels, classes));
    }

    private void Add(string name, nn.Module<Tensor, Tensor> layer, int channels)
    {
        register_module(name, layer);
        _trunk.Add(layer);
        Channels = channels;
    }

    private protected readonly record struct Tap(int Place, int Channels);
}
