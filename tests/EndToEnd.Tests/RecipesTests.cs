using System.Text.Json.Nodes;
using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>The recipes for ImageNet train: ten steps of each on synthetic images, narrow and with few of them in a step.</summary>
public sealed class RecipesTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public static TheoryData<string> Recipes =>
        [.. Directory.EnumerateFiles(Path.Combine(Workspace.Repository, "jobs", "imagenet"), "*.yaml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [Trait("Category", "Long")]
    [MemberData(nameof(Recipes))]
    public async Task A_recipe_trains_ten_steps_on_synthetic_images(string recipe)
    {
        string[] smaller =
        [
            "data.train={format: synthetic, limit: 64}", "data.validation={format: synthetic, limit: 8}", "model.width=0.1", "batch.global=4", "batch.microBatches=2",
            "schedule.maxSteps=10",
        ];

        var outcome = await _workspace.RunAsync(
            ["train", Path.Combine(Workspace.Repository, "jobs", "imagenet", recipe), "--workers", "2", "--output", "run", .. smaller.SelectMany(option => new[] { "--set", option })]);

        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        _workspace.Run("run").ReadResult().Step.ShouldBe(10);
        _workspace.Run("run").ReadTimelessLog().ShouldAllBe(line => JsonNode.Parse(line)!["loss"]!.GetValue<double>() < 100);
    }
}
