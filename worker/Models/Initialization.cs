using Inception.Distributed.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Models;

/// <summary>
/// The weights that training starts from, keyed by seed and parameter name: one tensor's values depend on no other tensor, on no
/// device and on no memory layout.
/// </summary>
public static class Initialization
{
    // TF-slim's and torchvision's σ.
    private const double Deviation = 0.1;

    private static readonly Dictionary<string, double> OtherDeviations = new()
    {
        ["AuxLogits.conv1.conv.weight"] = 0.01,
        ["AuxLogits.fc.weight"] = 0.001,
    };

    /// <summary>
    /// Convolution and linear weights: normal with mean 0 and <see cref="Deviation"/>, truncated at 2σ (a value beyond is drawn
    /// again). BatchNorm: weight 1, mean 0, variance 1. Biases and counters: 0.
    /// </summary>
    /// <param name="model">Any network of the family.</param>
    /// <param name="seed">The job's.</param>
    public static void Apply(nn.Module model, long seed)
    {
        using var quiet = no_grad();
        foreach (var (name, tensor) in model.state_dict())
        {
            if (tensor.dim() > 1)
                DrawTruncatedNormal(tensor, OtherDeviations.GetValueOrDefault(name, Deviation), seed, name);
            else if (IsOne(name))
                tensor.fill_(1);
            else
                tensor.zero_();
        }
    }

    private static bool IsOne(string name) =>
        name.EndsWith(".bn.weight", StringComparison.Ordinal) || name.EndsWith(".running_var", StringComparison.Ordinal);

    private static void DrawTruncatedNormal(Tensor tensor, double deviation, long seed, string name)
    {
        var random = KeyedRandom.From(Purpose.Initialization, seed, Keyed.HashText(name));
        var values = new float[tensor.NumberOfElements];
        for (var i = 0; i < values.Length; i++)
        {
            double standard;
            do
                standard = random.NextGaussian();
            while (Math.Abs(standard) > 2);
            values[i] = (float)(deviation * standard);
        }

        // Row-major values; the copy follows the tensor's own strides.
        using var drawn = torch.tensor(values, tensor.shape);
        tensor.copy_(drawn);
    }
}
