using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Models;

/// <summary>A layer as it was seen to work on one image. Shapes are channels × height × width; of a linear layer, features.</summary>
/// <param name="Name">Its name in the network; a layer with parameters has them in the state dict below it.</param>
/// <param name="Source">The layer, or the module of several, whose output it takes; empty: the image.</param>
/// <param name="Window">Of adaptive pooling, the largest.</param>
/// <param name="Parameters">Trained numbers, those of the batch normalization included.</param>
/// <param name="MultiplyAdds">Of one image: convolution and linear layers; biases, normalizations, pools and ReLU are not counted, as usual.</param>
/// <param name="ReceptiveField">Height and width in pixels of the part of the image that one cell of the output depends on, the borders left aside.</param>
public sealed record TracedLayer(
    string Name, LayerKind Kind, string Source, long[] Input, long[] Output, Window Window, long Parameters, long MultiplyAdds, (long Height, long Width) ReceptiveField);

/// <summary>Watches a network at work: what is printed of it is what it computes.</summary>
public static class LayerTrace
{
    /// <summary>
    /// The network's layers in the order of their work, auxiliary heads included where the network has them. The network computes two black images in
    /// training mode, which leaves its batch statistics changed; use one made for the purpose.
    /// </summary>
    /// <param name="height">Of the image, in pixels; as the network demands.</param>
    /// <param name="width">Likewise.</param>
    public static IReadOnlyList<TracedLayer> Of(InceptionNetwork network, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var images = zeros([2, 3, height, width]);
        var trace = new Trace(images);
        List<Action> removers = [];
        foreach (var (name, module) in network.named_modules())
        {
            if (module is nn.Module<Tensor, Tensor> and (ILayer or Linear or InceptionModule))
                removers.Add(((nn.Module<Tensor, Tensor>)module).register_forward_hook((_, input, output) => trace.Add(name, module, input, output)).remove);
        }

        network.train();
        network.call(images);
        removers.ForEach(remove => remove());
        return trace.Layers;
    }

    /// <summary>How far apart neighbouring cells are in the image, and how much of it one of them sees, in pixels.</summary>
    /// <param name="Of">The layer or module; empty: the image.</param>
    private readonly record struct View(string Of, (long Height, long Width) Stride, (long Height, long Width) Field);

    private sealed class Trace(Tensor images)
    {
        private readonly Dictionary<IntPtr, View> _views = new() { [images.Handle] = new View("", (1, 1), (1, 1)) };
        private readonly List<(TracedLayer Layer, View View)> _layers = [];

        public IReadOnlyList<TracedLayer> Layers => [.. _layers.Select(entry => entry.Layer)];

        public Tensor Add(string name, nn.Module module, Tensor input, Tensor output)
        {
            _views[output.Handle] = module is InceptionModule ? Widest(name) : Layer(name, module, input, output);
            return output;
        }

        // Branches agree in stride, and a branch's last layer sees most.
        private View Widest(string module)
        {
            var inside = _layers.Where(entry => entry.Layer.Name.StartsWith(module + ".", StringComparison.Ordinal)).Select(entry => entry.View).ToList();
            return inside[^1] with { Of = module, Field = (inside.Max(view => view.Field.Height), inside.Max(view => view.Field.Width)) };
        }

        private View Layer(string name, nn.Module module, Tensor input, Tensor output)
        {
            var (from, to) = (input.shape[1..], output.shape[1..]);
            var (kind, window) = module is ILayer layer ? (layer.Kind, layer.WindowOn(from[1], from[2])) : (LayerKind.Linear, Window.Square(1, 1, 0));

            // Flattening and dropout, which no hook sees, stand before linear layers only; these go on from the layer before them. (Their input may
            // lie where a tensor seen before has been freed.)
            var before = module is Linear ? _layers[^1].View : _views[input.Handle];
            var view = new View(
                name,
                (before.Stride.Height * window.Stride.Height, before.Stride.Width * window.Stride.Width),
                (before.Field.Height + (window.Kernel.Height - 1) * before.Stride.Height, before.Field.Width + (window.Kernel.Width - 1) * before.Stride.Width));
            var parameters = module.parameters().Sum(parameter => parameter.NumberOfElements);
            var weights = module.named_parameters().Where(entry => entry.parameter.dim() > 1).Sum(entry => entry.parameter.NumberOfElements);
            var cells = to.Length == 3 ? to[1] * to[2] : 1;
            _layers.Add((new TracedLayer(name, kind, before.Of, from, to, window, parameters, weights * cells, view.Field), view));
            return view;
        }
    }
}
