namespace Inception.Distributed.Jobs;

/// <summary>A network as far as a job must know it before it is built. The tests hold it against the networks themselves.</summary>
public sealed record NetworkFacts
{
    /// <summary>As in <see cref="ModelSpec.Name"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Height and width of the images that it was published with, in pixels.</summary>
    public required int PublishedInputSize { get; init; }

    /// <summary>How many auxiliary heads it may have; the first is the published number.</summary>
    public required IReadOnlyList<int> Heads { get; init; }

    /// <summary>The windows between the image and the last feature map that change the grid.</summary>
    public required Func<ModelSpec, IEnumerable<GridWindow>> Windows { get; init; }

    /// <summary>The fields of a job's model that only some networks take, and this one does.</summary>
    internal IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Whether there is batch normalization.</summary>
    internal Func<ModelSpec, bool> Normalizes { get; init; } = _ => true;

    /// <summary>Whether an auxiliary head normalizes a feature map of one cell.</summary>
    internal Func<ModelSpec, bool> HeadNormalizesOneCell { get; init; } = _ => false;

    /// <summary>Height and width of the last feature map before the global pooling, in cells; 0 where some layer finds no cell to work on.</summary>
    public int FinalGrid(ModelSpec model) => FinalGrid(model, model.InputSize);

    /// <summary>The smallest input on which every layer finds something to work on, in pixels.</summary>
    public int SmallestInput(ModelSpec model) => Enumerable.Range(1, 4096).First(size => FinalGrid(model, size) > 0);

    /// <summary>How many auxiliary heads the job's model has.</summary>
    public int HeadsOf(ModelSpec model) => model.Auxiliary.Enabled ? model.Auxiliary.Heads ?? Heads[0] : 0;

    private int FinalGrid(ModelSpec model, int inputSize) => Windows(model).Aggregate(inputSize, (grid, window) => grid > 0 ? window.Slide(grid) : 0);
}

/// <summary>A window that slides over a square feature map; sizes in cells.</summary>
/// <param name="CeilMode">Also the windows that begin inside and end outside.</param>
public readonly record struct GridWindow(int Size, int Stride, int Padding = 0, bool CeilMode = false)
{
    /// <summary>The grid that it makes of another; 0 or less where it doesn't fit.</summary>
    public int Slide(int grid)
    {
        var free = grid + 2 * Padding - Size + (CeilMode ? Stride - 1 : 0);
        return free < 0 ? 0 : free / Stride + 1;
    }
}

/// <summary>The networks that a job can name.</summary>
public static class KnownNetworks
{
    private static readonly GridWindow Conv3x3 = new(3, 1), Reduce3x3 = new(3, 2), PaddedReduce3x3 = new(3, 2, Padding: 1);
    private static readonly GridWindow CeilPool3x3 = new(3, 2, CeilMode: true), CeilPool2x2 = new(2, 2, CeilMode: true);

    public static IReadOnlyList<NetworkFacts> All { get; } =
    [
        new()
        {
            Name = "googlenet",
            PublishedInputSize = 224,
            Heads = [2],
            Options = ["model.batchNorm"],
            Normalizes = model => model.BatchNorm == true,
            // conv1, three pools: 224 → 112 → 56 → 28 → 14 → 7
            Windows = model => [FirstConv(7, model, padding: 3), .. FirstPool(CeilPool3x3, model), CeilPool3x3, CeilPool3x3, CeilPool3x3],
        },
        new()
        {
            Name = "googlenet-torchvision",
            PublishedInputSize = 224,
            Heads = [2],
            Windows = model => [FirstConv(7, model, padding: 3), .. FirstPool(CeilPool3x3, model), CeilPool3x3, CeilPool3x3, CeilPool2x2],
        },
        new()
        {
            Name = "bn-inception",
            PublishedInputSize = 224,
            Heads = [2],
            Options = ["model.countIncludePad"],
            // conv1, two pools, 3c, 4e: 224 → 112 → 56 → 28 → 14 → 7
            Windows = model => [FirstConv(7, model, padding: 3), .. FirstPool(CeilPool3x3, model), CeilPool3x3, PaddedReduce3x3, PaddedReduce3x3],
        },
        new()
        {
            Name = "inception-v2",
            PublishedInputSize = 299,
            Heads = [1, 2],
            Options = ["model.countIncludePad", "model.factorized7x7", "model.auxiliary.normalizeFc"],
            HeadNormalizesOneCell = model => model.Auxiliary.NormalizeFc != false,
            // "Rethinking", table 1: 299 → 149 → 147 (or by 7×7: 299 → 147) → 73 → 71 → 35 → 17 → 8
            Windows = model =>
            [
                .. model.Factorized7x7 == false ? [FirstConv(7, model)] : new[] { FirstConv(3, model), Conv3x3 },
                .. FirstPool(Reduce3x3, model), Conv3x3, Reduce3x3, Reduce3x3, Reduce3x3,
            ],
        },
        new()
        {
            Name = "inception-v3",
            PublishedInputSize = 299,
            Heads = [1],
            Options = ["model.countIncludePad"],
            HeadNormalizesOneCell = _ => true,
            // 299 → 149 → 147 → 73 → 71 → 35 → 17 → 8
            Windows = model => [FirstConv(3, model), Conv3x3, .. FirstPool(Reduce3x3, model), Conv3x3, Reduce3x3, Reduce3x3, Reduce3x3],
        },
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(network => network.Name)];

    /// <exception cref="KeyNotFoundException">No such network.</exception>
    public static NetworkFacts Find(string name) =>
        All.FirstOrDefault(network => network.Name == name) ?? throw new KeyNotFoundException($"no network '{name}'");

    private static GridWindow FirstConv(int size, ModelSpec model, int padding = 0) => new(size, model.Stem == StemKind.Standard ? 2 : 1, padding);

    private static IEnumerable<GridWindow> FirstPool(GridWindow pool, ModelSpec model) => model.Stem == StemKind.Stride1NoPool ? [] : [pool];
}

/// <summary>The field that names a network.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NetworkFieldAttribute(string description) : FieldAttribute(description)
{
    public override IReadOnlyList<string> Choices => KnownNetworks.Names;
}
