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
    private readonly bool _batchNorm;

    private protected InceptionModule(string name, int inChannels, ChannelWidth width, bool batchNorm = true) : base(name)
    {
        InChannels = inChannels;
        _width = width;
        _batchNorm = batchNorm;
    }

    /// <summary>A layer as far as its place among the modules and its input channels are open.</summary>
    private protected delegate Layer LayerOf(nn.Module owner, int inChannels);

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
        var branch = Chain(this, InChannels, layers);
        _branches.Add(branch.Apply);
        OutChannels += branch.OutChannels;
    }

    /// <summary>Layers one after the other, as the children of a module of their own.</summary>
    private protected void NestedBranch(string name, params LayerOf[] layers) => Branch((owner, inChannels) =>
    {
        var nest = new Nest();
        owner.register_module(name, nest);
        return Chain(nest, inChannels, layers);
    });

    /// <summary>A convolution that keeps the grid.</summary>
    private protected LayerOf Conv(string name, int channels, int size) => Conv(name, channels, size, size);

    /// <inheritdoc cref="Conv(string, int, int)"/>
    private protected LayerOf Conv(string name, int channels, int height, int width) =>
        Convolution(name, channels, new Window((height, width), (1, 1), (height / 2, width / 2)));

    /// <summary>A 3×3 convolution with stride 2. Without padding the grid n becomes ⌊(n − 1)/2⌋, with padding 1 ⌈n/2⌉.</summary>
    private protected LayerOf ReducingConv(string name, int channels, int padding = 0) => Convolution(name, channels, Window.Square(3, stride: 2, padding));

    /// <summary>3×3 average pooling that keeps the grid.</summary>
    private protected static LayerOf AveragePool(bool countIncludePad) => Pool(new AveragePool(countIncludePad));

    /// <summary>3×3 max pooling that keeps the grid.</summary>
    private protected static LayerOf MaxPool() => Pool(new MaxPool(3, stride: 1, padding: 1));

    /// <summary>3×3 max pooling with stride 2. The grid becomes that of <see cref="ReducingConv"/> with the same padding.</summary>
    private protected static LayerOf ReducingMaxPool(int padding = 0) => Pool(new MaxPool(3, stride: 2, padding));

    /// <summary>Two layers beside each other, concatenated.</summary>
    private protected static LayerOf Fork(LayerOf first, LayerOf second) => (owner, inChannels) =>
    {
        var (left, right) = (first(owner, inChannels), second(owner, inChannels));
        return new(left.OutChannels + right.OutChannels, input => cat([left.Apply(input), right.Apply(input)], 1));
    };

    private LayerOf Convolution(string name, int channels, Window window) => (owner, inChannels) =>
    {
        var convolution = new BasicConv2d(inChannels, _width.Scale(channels), window, _batchNorm);
        owner.register_module(name, convolution);
        return new(convolution.OutChannels, convolution.call);
    };

    // There is one pool at most beside convolutions. It holds no state, so its name stands in no state dict.
    private static LayerOf Pool(nn.Module<Tensor, Tensor> pool) => (owner, channels) =>
    {
        owner.register_module("pool", pool);
        return new(channels, pool.call);
    };

    private static Layer Chain(nn.Module owner, int inChannels, ReadOnlySpan<LayerOf> layers)
    {
        var chain = new Layer(inChannels, input => input);
        foreach (var layer in layers)
        {
            var (before, next) = (chain.Apply, layer(owner, chain.OutChannels));
            chain = next with { Apply = input => next.Apply(before(input)) };
        }

        return chain;
    }

    private sealed class Nest() : nn.Module(nameof(Nest));

    private protected sealed record Layer(int OutChannels, Func<Tensor, Tensor> Apply);
}
