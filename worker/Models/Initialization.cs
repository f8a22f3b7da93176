using Inception.Distributed.Jobs;
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

    /// <summary>
    /// Convolution and linear weights as <paramref name="kind"/> says. BatchNorm: weight 1, mean 0, variance 1. Biases and counters: 0.
    /// <list type="bullet">
    /// <item>truncated-normal: mean 0 and σ 0.1, cut off at 2σ (a value beyond is drawn again); smaller σ in auxiliary heads.</item>
    /// <item>he: normal with mean 0 and σ² = 2 / fan-in ("Delving deep into rectifiers", 2015).</item>
    /// <item>xavier: uniform in ±√(6 / (fan-in + fan-out)) ("Understanding the difficulty of training deep feedforward neural networks", 2010).</item>
    /// </list>
    /// </summary>
    /// <param name="model">Any network of the family.</param>
    /// <param name="seed">The job's.</param>
    public static void Apply(nn.Module model, long seed, InitKind kind = InitKind.TruncatedNormal)
    {
        using var quiet = no_grad();
        foreach (var (name, tensor) in model.state_dict())
        {
            if (tensor.dim() > 1)
                Draw(tensor, kind, seed, name);
            else if (IsOne(name))
                tensor.fill_(1);
            else
                tensor.zero_();
        }
    }

    private static bool IsOne(string name) =>
        name.EndsWith(".bn.weight", StringComparison.Ordinal) || name.EndsWith(".running_var", StringComparison.Ordinal);

    private static void Draw(Tensor tensor, InitKind kind, long seed, string name)
    {
        var random = KeyedRandom.From(Purpose.Initialization, seed, Keyed.HashText(name));
        var values = new float[tensor.NumberOfElements];
        var shape = tensor.shape;
        var (fanIn, fanOut) = (values.Length / shape[0], values.Length / shape[1]);
        switch (kind)
        {
            case InitKind.TruncatedNormal:
                var deviation = DeviationOf(name);
                Fill(() => deviation * TruncatedGaussian(ref random));
                break;
            case InitKind.He:
                Fill(() => Math.Sqrt(2.0 / fanIn) * random.NextGaussian());
                break;
            case InitKind.Xavier:
                Fill(() => Math.Sqrt(6.0 / (fanIn + fanOut)) * (2 * random.NextDouble() - 1));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown initialization");
        }

        // Row-major values; the copy follows the tensor's own strides.
        using var drawn = torch.tensor(values, shape);
        tensor.copy_(drawn);

        void Fill(Func<double> next)
        {
            for (var i = 0; i < values.Length; i++) values[i] = (float)next();
        }
    }

    // TF-slim's and torchvision's for the head of Inception-v3; GoogLeNet's heads likewise.
    private static double DeviationOf(string name) =>
        !name.StartsWith("AuxLogits", StringComparison.Ordinal) && !name.StartsWith("aux", StringComparison.Ordinal) ? Deviation
        : name.EndsWith(".fc.weight", StringComparison.Ordinal) || name.EndsWith(".fc2.weight", StringComparison.Ordinal) ? 0.001
        : name.EndsWith(".conv1.conv.weight", StringComparison.Ordinal) || name.EndsWith(".fc1.weight", StringComparison.Ordinal) ? 0.01
        : Deviation;

    private static double TruncatedGaussian(ref KeyedRandom random)
    {
        double standard;
        do
            standard = random.NextGaussian();
        while (Math.Abs(standard) > 2);
        return standard;
    }
}
