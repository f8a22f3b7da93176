using Inception.Distributed.Jobs;
using Inception.Distributed.Text;

namespace Inception.Distributed.Worker.Models;

/// <summary>Builds networks by the names that jobs give them.</summary>
public static class ModelFactory
{
    private static readonly Dictionary<string, Func<ModelSpec, InceptionNetwork>> Builders = new()
    {
        ["googlenet"] = GoogLeNet.OfThePaper,
        ["googlenet-torchvision"] = GoogLeNet.OfTorchvision,
        ["bn-inception"] = spec => new BnInception(spec),
        ["inception-v2"] = spec => new InceptionV2(spec),
        ["inception-v3"] = spec => new InceptionV3(spec),
    };

    public static IReadOnlyCollection<string> Names => Builders.Keys;

    /// <summary>On the CPU, in float32, in training mode; its weights are still arbitrary: see <see cref="Initialization"/>.</summary>
    /// <exception cref="UserErrorException">No network has this name.</exception>
    public static InceptionNetwork Create(ModelSpec spec)
    {
        if (!Builders.TryGetValue(spec.Name, out var build))
            throw new UserErrorException("model.name", $"there is no network '{spec.Name}'{NearestName.Hint(spec.Name, Names)} ({string.Join(", ", Names)})");
        return build(spec);
    }
}
