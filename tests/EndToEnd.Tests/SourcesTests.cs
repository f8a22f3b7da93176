using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>Photographs as <c>bench/make-photos.py</c> lays them out: a directory a class, ImageNet's tar files, WebDataset's shards.</summary>
public sealed class SourcesTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public Task The_same_photographs_give_the_same_bits_from_every_format() => CompareAsync(images: 60, classes: 3, size: 75, steps: 3);

    [Fact]
    [Trait("Category", "Long")]
    public Task Two_thousand_photographs_give_the_same_bits_from_every_format() => CompareAsync(images: 2048, classes: 16, size: 139, steps: 128);

    private async Task CompareAsync(int images, int classes, int size, int steps)
    {
        await Photographs.MakeAsync(_workspace, images, classes);
        _workspace.Write("job.yaml", $$"""
            name: photographs
            seed: 3
            model: { name: inception-v3, classes: {{classes}}, width: 0.125, inputSize: {{size}}, auxiliary: { enabled: false } }
            loss: { labelSmoothing: 0.1 }
            data:
              train: { format: imagefolder, path: photos/imagefolder, split: train }
              validation: { format: imagefolder, path: photos/imagefolder, split: val }
              augment: { flip: true, crop: resized }
              cache: cache
            batch: { global: 16, microBatches: 4 }
            optimizer: { name: sgd, learningRate: 0.05 }
            schedule: { epochs: 10, maxSteps: {{steps}}, evaluateEvery: 0 }
            """);

        var folder = await TrainAsync("imagefolder", workers: 2);
        folder.Weights.ShouldNotBeNull();
        (await TrainAsync("imagenet", workers: 1)).ShouldBe(folder);
        (await TrainAsync("webdataset", workers: 3)).ShouldBe(folder);

        var names = await _workspace.RunAsync(
            "predict", Directory.GetFiles(_workspace.PathOf("photos/imagefolder/val"), "*", SearchOption.AllDirectories)[0], "--checkpoint", "imagenet", "--top", "1");
        names.ExitCode.ShouldBe(0, names.ToString());
        names.Output.ShouldContain("photograph n0", Case.Sensitive, "the checkpoint knows what the development kit calls the classes");
    }

    private async Task<(string? Weights, double? Top1)> TrainAsync(string format, int workers)
    {
        var outcome = await _workspace.RunAsync(
            "train", "job.yaml", "--workers", $"{workers}", "--output", format,
            "--set", $"data.train={{format: {format}, path: photos/{format}, split: train}}",
            "--set", $"data.validation={{format: {format}, path: photos/{format}, split: val}}");
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        var result = _workspace.Run(format).ReadResult();
        return (result.WeightsSha256, result.Top1);
    }
}
