using System.Text.Json.Nodes;
using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>Every network of the family learns, and gives the same bits from one worker and from three.</summary>
public sealed class NetworksTests : IDisposable
{
    // Small images at the grids of large ones: the stem of "Rethinking", table 2. Memorising 48 garments takes few steps.
    private const string Job = """
        name: learn
        seed: 5
        model: {name: inception-v3, classes: 10, width: 0.125, inputSize: 32, stem: stride1-no-pool, dropout: 0, auxiliary: {weight: 0.3, dropout: 0}}
        data:
          train: {format: idx, path: /usr/share/datasets/fashion-mnist, split: train, limit: 48}
          augment: {flip: false}
        batch: {global: 24, microBatches: 3}
        optimizer: {name: adamw, learningRate: 0.01, weightDecay: 0.001, gradientClip: 1}
        schedule: {epochs: 20, warmup: 1}
        """;

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData("inception-v2", 40, "model.auxiliary.heads=2", "model.auxiliary.normalizeFc=false")]
    public Task A_network_halves_its_loss_within_the_given_steps_with_the_same_bits_from_one_and_from_three_workers(string network, int steps, params string[] options) =>
        HalvesItsLossAsync(network, steps, options);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("googlenet", 60, "model.width=0.25", "optimizer.learningRate=0.003", "schedule.epochs=30")]
    [InlineData("bn-inception", 40)]
    [InlineData("googlenet-torchvision", 40, "model.auxiliary.weights=[0.3,0.2]")]
    [InlineData("inception-v3", 40, "model.countIncludePad=false")]
    public Task So_does_each_other_network(string network, int steps, params string[] options) => HalvesItsLossAsync(network, steps, options);

    private async Task HalvesItsLossAsync(string network, int steps, string[] options)
    {
        _workspace.Write("learn.yaml", Job);
        string[] settings = [.. options.Prepend($"model.name={network}").SelectMany(option => new[] { "--set", option })];

        var outcomes = await Task.WhenAll(new[] { 1, 3 }.Select(workers =>
            _workspace.RunAsync(["train", "learn.yaml", "--workers", $"{workers}", "--output", $"by-{workers}", .. settings])));

        outcomes.ShouldAllBe(outcome => outcome.ExitCode == 0, outcomes[0].ToString());
        var (alone, together) = (_workspace.Run("by-1"), _workspace.Run("by-3"));
        together.ReadResult().Workers.ShouldBe(3);
        together.ReadResult().WeightsSha256.ShouldBe(alone.ReadResult().WeightsSha256);
        together.ReadResult().StateSha256.ShouldBe(alone.ReadResult().StateSha256);
        together.ReadTimelessLog().ShouldBe(alone.ReadTimelessLog());

        var losses = alone.ReadTimelessLog().Select(line => JsonNode.Parse(line)!["mainLoss"]!.GetValue<double>()).ToArray();
        losses.Length.ShouldBe(steps);
        losses[^4..].Average().ShouldBeLessThan(losses[0] / 2, string.Join(' ', losses.Select(loss => $"{loss:0.00}")));
    }
}
