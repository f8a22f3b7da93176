namespace Inception.Distributed.Jobs;

/// <summary>A network as far as a job must know it before it is built.</summary>
/// <param name="Name">As in <see cref="ModelSpec.Name"/>.</param>
/// <param name="FinalGrid">Height of the last feature map before the global pooling, in cells, by the input's height in pixels.</param>
public sealed record NetworkFacts(string Name, Func<int, int> FinalGrid);

/// <summary>The networks that a job can name.</summary>
public static class KnownNetworks
{
    public static IReadOnlyList<NetworkFacts> All { get; } = [new("inception-v3", InceptionV3FinalGrid)];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(network => network.Name)];

    /// <exception cref="KeyNotFoundException">No such network.</exception>
    public static NetworkFacts Find(string name) =>
        All.FirstOrDefault(network => network.Name == name) ?? throw new KeyNotFoundException($"no network '{name}'");

    // "Rethinking the Inception Architecture", table 1: 299 → 149 → 147 → 73 → 71 → 35 → 17 → 8. 1×1 and padded layers keep the grid.
    private static int InceptionV3FinalGrid(int inputSize)
    {
        var grid = Halve(inputSize);    // Conv2d_1a
        grid = Halve(grid - 2);         // Conv2d_2a, pool
        grid = Halve(grid - 2);         // Conv2d_4a, pool
        return Halve(Halve(grid));      // Mixed_6a, Mixed_7a

        static int Halve(int size) => (size - 3) / 2 + 1;   // window 3, stride 2, no padding
    }
}

/// <summary>The field that names a network.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NetworkFieldAttribute(string description) : FieldAttribute(description)
{
    public override IReadOnlyList<string> Choices => KnownNetworks.Names;
}
