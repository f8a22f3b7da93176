using System.Text.Json;
using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>Two training sources mixed by weight, of formats that have nothing in common.</summary>
public sealed class MixedSourcesTests : IDisposable
{
    private const int Kill = 9;
    private const int Grey = 31;
    private const int Coloured = 53;

    // 84 samples an epoch, in the ratio 2 : 1.
    private const int OfGrey = 56;
    private const int OfColoured = 28;

    private readonly Workspace _workspace = new();

    public MixedSourcesTests() => _workspace.Write("job.yaml", $$"""
        name: mixed
        seed: 7
        model: { name: inception-v3, classes: 10, width: 0.0625, inputSize: 75, auxiliary: { enabled: false } }
        data:
          train:
            - { format: idx, path: /usr/share/datasets/fashion-mnist, split: train, limit: {{Grey}}, weight: 2 }
            - { format: synthetic, limit: {{Coloured}} }
          recordSamples: true
        batch: { global: 12, microBatches: 6 }
        optimizer: { name: sgd, learningRate: 0.05 }
        schedule: { epochs: 3 }
        checkpoint: { everySteps: 10 }
        """);

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Any_number_of_workers_and_a_resume_mid_epoch_give_the_same_bits_and_samples()
    {
        await TrainAsync("one", 1);
        using (var run = _workspace.Start("train", "job.yaml", "--workers", "3", "--output", "killed"))
        {
            await run.ReadUntilAsync("checkpoint of step 10 is committed");
            var children = run.Children();
            run.Signal(Kill);
            await Processes.WaitUntilGoneAsync(children);
        }

        await TrainAsync("killed", 2, "--resume");

        _workspace.Run("killed").ReadResult().StateSha256.ShouldBe(_workspace.Run("one").ReadResult().StateSha256);
        _workspace.Run("killed").ReadTimelessLog().ShouldBe(_workspace.Run("one").ReadTimelessLog());
        var stream = StreamOf("one");
        StreamOf("killed").ShouldBe(stream);
        stream.Count.ShouldBe(21 * 12);
        foreach (var epoch in stream.Chunk(Grey + Coloured))
        {
            epoch.Count(sample => sample.Source == 0).ShouldBe(OfGrey);
            epoch.Count(sample => sample.Source == 1).ShouldBe(OfColoured);
        }

        // Each source goes through all of its samples before it begins anew.
        foreach (var (source, samples, taken) in new[] { (0, Grey, 3 * OfGrey), (1, Coloured, 3 * OfColoured) })
        {
            var counts = stream.Where(sample => sample.Source == source).CountBy(sample => sample.Number).Select(pair => pair.Value).ToList();
            counts.Count.ShouldBe(samples);
            counts.Sum().ShouldBe(taken);
            (counts.Max() - counts.Min()).ShouldBeLessThanOrEqualTo(1);
        }
    }

    [Fact]
    public async Task A_resume_with_another_weight_is_refused()
    {
        await TrainAsync("run", 1, "--set", "schedule.maxSteps=10");
        var text = File.ReadAllText(_workspace.PathOf("job.yaml")).Replace("weight: 2", "weight: 3", StringComparison.Ordinal);
        _workspace.Write("job.yaml", text);
        var outcome = await _workspace.RunAsync("train", "job.yaml", "--workers", "1", "--output", "run", "--resume");

        outcome.ExitCode.ShouldBe(2, outcome.ToString());
        outcome.Errors.ShouldContain("data.train[0].weight");
    }

    private async Task TrainAsync(string output, int workers, params string[] arguments)
    {
        var outcome = await _workspace.RunAsync(["train", "job.yaml", "--workers", $"{workers}", "--output", output, .. arguments]);
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
    }

    private List<(int Source, long Number)> StreamOf(string output)
    {
        var stream = new List<(int Source, long Number)>();
        foreach (var line in File.ReadLines(_workspace.PathOf($"{output}/samples.jsonl")))
        {
            using var step = JsonDocument.Parse(line);
            var numbers = step.RootElement.GetProperty("samples").EnumerateArray().Select(number => number.GetInt64());
            stream.AddRange(step.RootElement.GetProperty("sources").EnumerateArray().Select(source => source.GetInt32()).Zip(numbers));
        }

        return stream;
    }
}
