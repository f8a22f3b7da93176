using System.Globalization;
using Inception.Distributed.Jobs;
using Inception.Distributed.Tests;
using Inception.Distributed.Worker.Models;

namespace Inception.Distributed.Worker.Tests.Models;

/// <summary>docs/models.md's table of sizes comes from the networks themselves.</summary>
public class ModelsPageTests
{
    private const string Begin = "<!-- sizes -->\n", End = "<!-- /sizes -->";

    [Fact]
    public void Sizes_AreThoseOfTheNetworks()
    {
        var page = Path.Combine(Repository.Root, "docs", "models.md");
        var text = File.ReadAllText(page);
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        var table = Table();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(page, text = text[..from] + table + text[to..]);

        text[from..text.IndexOf(End, StringComparison.Ordinal)].ShouldBe(table, "docs/models.md is out of date: run these tests once with UPDATE_DOCS=1");
    }

    private static string Table() => string.Concat(
        (string[])
        [
            "| Network | Input | Parameters | without heads | Multiply-adds |\n|---|---:|---:|---:|---:|\n",
            Row("`googlenet`", Networks.Spec("googlenet")),
            Row("`googlenet`, `batchNorm: true`", Networks.Spec("googlenet") with { BatchNorm = true }),
            Row("`googlenet-torchvision`", Networks.Spec("googlenet-torchvision")),
            Row("`bn-inception`", Networks.Spec("bn-inception")),
            Row("`inception-v2`", Networks.Spec("inception-v2")),
            Row("`inception-v2`, `heads: 2`", Networks.Spec("inception-v2") with { Auxiliary = new() { Heads = 2 } }),
            Row("`inception-v2`, `factorized7x7: false`, `normalizeFc: false`",
                Networks.Spec("inception-v2") with { Factorized7x7 = false, Auxiliary = new() { NormalizeFc = false } }),
            Row("`inception-v3`", Networks.Spec("inception-v3")),
        ]);

    private static string Row(string name, ModelSpec spec)
    {
        var input = KnownNetworks.Find(spec.Name).PublishedInputSize;
        using var network = ModelFactory.Create(spec);
        var layers = LayerTrace.Of(network, input, input);
        var trunk = layers.Where(layer => !layer.Name.StartsWith("aux", StringComparison.OrdinalIgnoreCase)).ToList();
        return string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {input}² | {layers.Sum(layer => layer.Parameters):N0} | {trunk.Sum(layer => layer.Parameters):N0} | {trunk.Sum(layer => layer.MultiplyAdds) / 1e9:0.000} · 10⁹ |\n");
    }
}
