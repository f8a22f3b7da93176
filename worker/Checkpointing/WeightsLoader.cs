using Inception.Distributed.Checkpoints;
using Inception.Distributed.Jobs;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Checkpointing;

/// <summary>Weights of a file into a network, whatever the layout of its tensors in memory.</summary>
internal static class WeightsLoader
{
    /// <summary>The state dict as a file of it would list it.</summary>
    public static IReadOnlyList<TensorEntry> Entries(nn.Module network) =>
        [.. network.state_dict().Select(entry => new TensorEntry(entry.Key, WeightNames.IsCounter(entry.Key) ? TensorType.I64 : TensorType.F32, entry.Value.shape))];

    /// <summary>
    /// Copies the weights that the job starts from over those that <paramref name="network"/> has; heads for another number of classes,
    /// and auxiliary heads that they lack, stay as they are. Counters stay too: they count this run's steps.
    /// </summary>
    /// <exception cref="UserErrorException">They can't be read here, or are others than the job's.</exception>
    public static void LoadInitial(ModelSpec model, nn.Module network)
    {
        var weights = InitialWeights.Open(model);
        using var file = WeightsFile.Open(weights.Path);
        Copy(file, WeightsMatch.Of(Entries(network), model.Name, file), network);
    }

    /// <exception cref="UserErrorException">A value is not finite.</exception>
    public static void Copy(IWeightsFile file, WeightsMatch match, nn.Module network)
    {
        using var quiet = no_grad();
        var state = network.state_dict();
        foreach (var (name, source) in match.Taken.Where(taken => !WeightNames.IsCounter(taken.Name)))
        {
            var values = TensorValues.ReadSingles(file, source);
            if (values.FirstOrDefault(value => !float.IsFinite(value)) is var bad and not 0)
                throw new UserErrorException(file.Path, $"'{source.Name}' holds {bad}: a weight must be a finite number in float32");
            using var read = tensor(values, state[name].shape);
            state[name].copy_(read);
        }
    }
}
