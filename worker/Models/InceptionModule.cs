using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Models;

/// <summary>
/// Branches over one input whose results are concatenated by channels. A subclass lists its branches as the paper's figures
/// draw them; a convolution's input channels follow from what stands before it.
/// </summary>
public abstract class InceptionModule : nn.Module<Tensor, Tensor>
{
    private readonly List<Func<Tensor, Tensor>> _branches = [];
    private readonly ChannelWidth _width;

    private protected InceptionModule(string name, int inChannels, ChannelWidth width) : base(name)
    {
        InChannels = inChannels;
        _width = width;
    }

    /// <summary>A layer as far as its input channels are open.</summary>
    private protected delegate Layer LayerOf(int inChannels);

    public int InChannels { get; }

    public int OutChannels { get; private set; }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return cat([.. _branches.Select(branch => branch(input))], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Layers one after the other.</summary>
    private protected void Branch(params ReadOnlySpan<LayerOf> layers)
    {
        var branch = new Layer(InChannels, input => input);
        foreach (var layer in layers)
        {
            var (before, next) = (branch.Apply, layer(branch.OutChannels));
            branch = next with { Apply = input => next.Apply(before(input)) };
        }

        _branches.Add(branch.Apply);
        OutChannels += branch.OutChannels;
    }

    /// <summary>A convolution that keeps the grid.</summary>
    private protected LayerOf Conv(string name, int channels, int size) => Conv(name, channels, size, size);

    /// <inheritdoc cref="Conv(string, int, int)"/>
    private protected LayerOf Conv(string name, int channels, int height, int width) =>
        Convolution(name, channels, new Window((height, width), (1, 1), (height / 2, width / 2)));

    /// <summary>A 3×3 convolution with stride 2. Without padding the grid n becomes ⌊(n − 1)/2⌋, with padding 1 ⌈n/2⌉.</summary>
    private protected LayerOf ReducingConv(string name, int channels, int padding = 0) => Convolution(name, channels, Window.Square(3, stride: 2, padding));

    /// <summary>3×3 average pooling that keeps the grid.</summary>
    private protected LayerOf AveragePool(bool countIncludePad) => Pool(new AveragePool(countIncludePad));

    /// <summary>3×3 max pooling that keeps the grid.</summary>
    private protected LayerOf MaxPool() => Pool(new MaxPool(3, stride: 1, padding: 1));

    /// <summary>3×3 max pooling with stride 2. The grid becomes that of <see cref="ReducingConv"/> without padding or, in ceil mode, with it.</summary>
    private protected LayerOf ReducingMaxPool(bool ceilMode = false) => Pool(new MaxPool(3, stride: 2, ceilMode: ceilMode));

    /// <summary>Two layers beside each other, concatenated.</summary>
    private protected static LayerOf Fork(LayerOf first, LayerOf second) => inChannels =>
    {
        var (left, right) = (first(inChannels), second(inChannels));
        return new(left.OutChannels + right.OutChannels, input => cat([left.Apply(input), right.Apply(input)], 1));
    };

    private LayerOf Convolution(string name, int channels, Window window) => inChannels =>
    {
        var convolution = new BasicConv2d(inChannels, _width.Scale(channels), window);
        register_module(name, convolution);
        return new(convolution.OutChannels, convolution.call);
    };

    // A module has one pool at most. It holds no state, so its name stands in no state dict.
    private LayerOf Pool(nn.Module<Tensor, Tensor> pool) => channels =>
    {
        register_module("pool", pool);
        return new(channels, pool.call);
    };

    private protected sealed record Layer(int OutChannels, Func<Tensor, Tensor> Apply);
}
