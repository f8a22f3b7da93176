using System.Diagnostics;
using System.Text.Json;
using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>A training set of 24 images, three of which can't be decoded: each is met once an epoch, every fourth step.</summary>
public sealed class CorruptSamplesTests : IDisposable
{
    private const int Corrupt = 3;

    private readonly Workspace _workspace = new();

    public CorruptSamplesTests()
    {
        _workspace.Write("make.py", """
            import os
            from PIL import Image
            for number in range(24):
                os.makedirs(f"set/{number % 2}", exist_ok=True)
                path = f"set/{number % 2}/{number:02}.jpg"
                Image.effect_noise((80, 80), 40 + number).convert("RGB").save(path)
                if number % 8 == 5: os.truncate(path, os.path.getsize(path) // 2)
            """);
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["make.py"]) { WorkingDirectory = _workspace.Directory })!;
        python.WaitForExit();
        python.ExitCode.ShouldBe(0, "make.py needs python3-pil");
        _workspace.Write("job.yaml", """
            name: corrupt
            seed: 2
            model: { name: inception-v3, classes: 2, width: 0.0625, inputSize: 75, auxiliary: { enabled: false } }
            data: { train: { format: imagefolder, path: set }, maxCorrupt: 1 }
            batch: { global: 6, microBatches: 3 }
            optimizer: { name: sgd, learningRate: 0.05 }
            schedule: { epochs: 3 }
            """);
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Their_count_goes_on_over_a_resume_and_is_in_the_summary_and_the_result()
    {
        var whole = await TrainAsync("whole", 0, "--workers", "2");
        CountIn("whole").ShouldBe(3 * Corrupt);
        whole.Output.ShouldContain("9 training samples could not be decoded");

        await TrainAsync("parts", 0, "--workers", "1", "--set", "schedule.maxSteps=4");
        CountIn("parts").ShouldBe(Corrupt);
        await TrainAsync("parts", 0, "--workers", "3", "--resume");
        CountIn("parts").ShouldBe(3 * Corrupt);
        _workspace.Run("parts").ReadResult().StateSha256.ShouldBe(_workspace.Run("whole").ReadResult().StateSha256);
    }

    [Fact]
    public async Task A_resumed_run_stops_at_the_limit_as_if_it_had_not_been_interrupted()
    {
        await TrainAsync("run", 0, "--workers", "2", "--set", "schedule.maxSteps=4");
        var stopped = await TrainAsync("run", 2, "--workers", "2", "--resume", "--set", "data.maxCorrupt=0.08");

        stopped.Errors.ShouldContain("Of the training samples met so far 4 are corrupt, more than 8 %");
    }

    private async Task<Outcome> TrainAsync(string output, int exitCode, params string[] arguments)
    {
        var outcome = await _workspace.RunAsync(["train", "job.yaml", "--output", output, .. arguments]);
        outcome.ExitCode.ShouldBe(exitCode, outcome.ToString());
        return outcome;
    }

    private long CountIn(string output)
    {
        using var result = JsonDocument.Parse(File.ReadAllText(_workspace.PathOf($"{output}/result.json")));
        return result.RootElement.GetProperty("corrupt").GetInt64();
    }
}
