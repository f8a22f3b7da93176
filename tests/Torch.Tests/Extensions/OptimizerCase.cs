namespace Inception.Distributed.Torch.Tests.Extensions;

/// <summary>An optimiser with its settings under PyTorch's names, as optimizer_reference.py reads them.</summary>
public sealed record OptimizerCase(string Optimizer, string Variant, string Dtype, Dictionary<string, object> Settings, double Clip = 0)
{
    public const double WeightDecay = 0.01;
    public const double EmaDecay = 0.99;

    public string Name => $"{Optimizer}-{Variant}-{Dtype}";

    public static IEnumerable<OptimizerCase> All =>
        from dtype in new[] { "float64", "float32" }
        from variant in Variants
        select variant with { Dtype = dtype };

    private static IEnumerable<OptimizerCase> Variants =>
    [
        new("SGD", "plain", "", new() { ["lr"] = 0.05 }),
        new("SGD", "momentum", "", new() { ["lr"] = 0.05, ["momentum"] = 0.9 }),
        new("SGD", "nesterov", "", new() { ["lr"] = 0.05, ["momentum"] = 0.9, ["nesterov"] = true }),
        new("RMSprop", "plain", "", new() { ["lr"] = 0.01, ["alpha"] = 0.9, ["eps"] = 1e-3 }),
        new("RMSprop", "momentum", "", new() { ["lr"] = 0.01, ["alpha"] = 0.9, ["eps"] = 1e-3, ["momentum"] = 0.9 }),
        new("RMSprop", "clipped", "", new() { ["lr"] = 0.01, ["alpha"] = 0.9, ["eps"] = 1e-3, ["momentum"] = 0.9 }, Clip: 5),
        new("AdamW", "plain", "", new() { ["lr"] = 0.01, ["betas"] = new[] { 0.9, 0.999 }, ["eps"] = 1e-8 }),
    ];

    public double Setting(string name) => Settings.TryGetValue(name, out var value) ? Convert.ToDouble(value, null) : 0;

    public override string ToString() => Name;
}
