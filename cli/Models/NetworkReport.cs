using Inception.Distributed.Checkpoints;
using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Models;

namespace Inception.Distributed.Cli.Models;

/// <summary>A network as it was seen to compute one image, in the blocks that its table lists.</summary>
internal sealed record NetworkReport(ModelSpec Model, IReadOnlyList<NetworkBlock> Blocks)
{
    public IEnumerable<TracedLayer> Layers => Blocks.SelectMany(block => block.Layers);

    /// <summary>The layers that a prediction runs through: those of the auxiliary heads left out.</summary>
    public IEnumerable<TracedLayer> PredictionLayers => Blocks.Where(block => !block.IsAuxiliary).SelectMany(block => block.Layers);

    /// <summary>Auxiliary heads included.</summary>
    public long Parameters => Layers.Sum(layer => layer.Parameters);

    public long PredictionParameters => PredictionLayers.Sum(layer => layer.Parameters);

    /// <summary>Of one prediction, as the field counts: convolution and linear layers.</summary>
    public long MultiplyAdds => PredictionLayers.Sum(layer => layer.MultiplyAdds);

    /// <summary>Auxiliary heads included.</summary>
    public long TrainingMultiplyAdds => Layers.Sum(layer => layer.MultiplyAdds);

    /// <summary>The outputs of all layers for one image in float32, auxiliary heads included: what training keeps of it at least.</summary>
    public long ActivationBytes => Layers.Sum(layer => sizeof(float) * layer.Output.Aggregate(1L, (product, length) => product * length));

    /// <summary>Convolution and linear layers on the longest way from image to prediction.</summary>
    public int Depth
    {
        get
        {
            var depths = new Dictionary<string, int> { [""] = 0 };
            foreach (var block in Blocks)
            {
                foreach (var layer in block.Layers) depths[layer.Name] = depths[layer.Source] + (layer.Kind is LayerKind.Convolution or LayerKind.Linear ? 1 : 0);
                depths[block.Name] = block.Layers.Max(layer => depths[layer.Name]);
            }

            return depths[PredictionLayers.Last().Name];
        }
    }

    /// <summary>Builds the network and watches it.</summary>
    /// <exception cref="UserErrorException">There is no such network, or none for such images.</exception>
    public static NetworkReport Of(ModelSpec model)
    {
        using var network = ModelFactory.Create(model);
        var layers = LayerTrace.Of(network, model.InputSize, model.InputSize);
        var blocks = layers.GroupBy(layer => layer.Name.Split('.')[0])
            .Select(group => new NetworkBlock(group.Key, [.. group], layers.FirstOrDefault(layer => layer.Source == group.Key)?.Input));
        return new NetworkReport(model, [.. blocks]);
    }
}

/// <summary>A layer of the trunk by itself, an Inception module or an auxiliary head.</summary>
/// <param name="Name">In the network.</param>
/// <param name="Layers">In the order of their work.</param>
/// <param name="Joined">Shape of the branches' concatenation; null where nothing goes on from it.</param>
internal sealed record NetworkBlock(string Name, IReadOnlyList<TracedLayer> Layers, long[]? Joined)
{
    public bool IsAuxiliary => WeightNames.IsAuxiliary(Name);

    public bool IsLayer => Layers is [{ } only] && only.Name == Name;

    public long[] Output => IsLayer || Joined is null ? Layers[^1].Output : Joined;

    public long Parameters => Layers.Sum(layer => layer.Parameters);

    public long MultiplyAdds => Layers.Sum(layer => layer.MultiplyAdds);

    public (long Height, long Width) ReceptiveField => (Layers.Max(layer => layer.ReceptiveField.Height), Layers.Max(layer => layer.ReceptiveField.Width));

    /// <summary>The layers whose outputs no other layer of the block takes: the branches' ends.</summary>
    public IEnumerable<TracedLayer> Ends => Layers.Where(layer => Layers.All(other => other.Source != layer.Name));
}
