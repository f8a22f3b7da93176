using System.IO.Compression;
using System.Text.Json;
using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>Training does not depend on the cluster: the same bits however the work is spread and whatever interrupts it, and others when the job is another.</summary>
public sealed class SameBitsTests(UndisturbedRun undisturbed) : IDisposable
{
    private const int Kill = 9;

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData(1), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public async Task Any_number_of_workers_gives_the_same_bits_and_the_same_log(int workers)
    {
        var outcome = await _workspace.RunAsync("train", Workspace.TinyJob, "--workers", $"{workers}", "--output", "run");

        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        _workspace.Run("run").ReadResult().Workers.ShouldBe(workers);
        ShouldBeTheSame(_workspace.Run("run"));
    }

    [Fact]
    public async Task Workers_started_by_hand_and_another_bucket_size_give_the_same_bits()
    {
        using var coordinator = _workspace.Start(
            "coordinator", Workspace.TinyJob, "--listen", "127.0.0.1:0", "--workers", "2", "--output", "run", "--set", "workers.bucketMiB=0.02");
        var url = (await coordinator.ReadUntilAsync("Listening on")).Split(' ').Select(word => word.TrimEnd(';', '.')).Single(word => word.StartsWith("http://", StringComparison.Ordinal) && !word.EndsWith('/'));
        using var first = _workspace.Start("worker", "--coordinator", url);
        using var second = _workspace.Start("worker", "--coordinator", url);

        (await coordinator.WaitAsync()).ExitCode.ShouldBe(0);
        (await first.WaitAsync()).ExitCode.ShouldBe(0);
        (await second.WaitAsync()).ExitCode.ShouldBe(0);
        ShouldBeTheSame(_workspace.Run("run"));
    }

    [Fact]
    public async Task A_run_whose_processes_are_all_killed_resumes_mid_epoch_with_other_workers_to_the_same_bits_and_takes_each_sample_once()
    {
        string[] job = [Workspace.TinyJob, "--output", "run", "--set", "data.recordSamples=true"];
        using (var run = _workspace.Start(["train", .. job, "--workers", "5"]))
        {
            await run.ReadUntilAsync("checkpoint of step 10 is committed");
            var children = run.Children();
            run.Signal(Kill);
            await Processes.WaitUntilGoneAsync(children);
        }

        var newest = await NewestCheckpointStepAsync();
        newest.ShouldBeInRange(10, 20);
        using var resumed = _workspace.Start(["train", .. job, "--workers", "3", "--resume"]);
        (await resumed.ReadUntilAsync("stands at step")).ShouldContain($"stands at step {newest}");
        var outcome = await resumed.WaitAsync();

        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        ShouldBeTheSame(_workspace.Run("run"));
        ShouldTakeEachSampleOnceAnEpoch(_workspace.PathOf("run/samples.jsonl"), samplesOfTheSet: 53);
    }

    [Theory]
    [InlineData("seed=8")]
    [InlineData("data.augment.padding=1")]
    public async Task Another_seed_or_augmentation_gives_other_bits(string change) => await ShouldDifferAsync("--set", change);

    [Fact]
    public async Task One_changed_pixel_gives_other_bits()
    {
        const string Images = "train-images-idx3-ubyte.gz";
        var (source, copy) = ("/usr/share/datasets/fashion-mnist", _workspace.PathOf("changed"));
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(source)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)), overwrite: true);
        using (var bytes = new MemoryStream())
        {
            using (var original = new GZipStream(File.OpenRead(Path.Combine(source, Images)), CompressionMode.Decompress)) await original.CopyToAsync(bytes, TestContext.Current.CancellationToken);
            const int Header = 16, PixelInTheMiddleOfTheFirstImage = 14 * 28 + 14;
            bytes.GetBuffer()[Header + PixelInTheMiddleOfTheFirstImage] ^= 0x80;
            bytes.Position = 0;
            await using var changed = new GZipStream(File.Create(Path.Combine(copy, Images)), CompressionLevel.Fastest);
            await bytes.CopyToAsync(changed, TestContext.Current.CancellationToken);
        }

        await ShouldDifferAsync("--set", $"data.train.path={copy}");
    }

    private async Task ShouldDifferAsync(params string[] arguments)
    {
        var outcome = await _workspace.RunAsync(["train", Workspace.TinyJob, "--workers", "2", "--output", "run", "--set", "schedule.maxSteps=5", .. arguments]);
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        var log = _workspace.Run("run").ReadTimelessLog();
        log.Count.ShouldBe(5);
        log.ShouldNotBe(undisturbed.Files.ReadTimelessLog().Take(5));
        _workspace.Run("run").ReadResult().WeightsSha256.ShouldNotBe(await ShortRun());
    }

    /// <summary>The weights of the unchanged job after five steps.</summary>
    private async Task<string?> ShortRun()
    {
        var outcome = await _workspace.RunAsync("train", Workspace.TinyJob, "--workers", "2", "--output", "short", "--set", "schedule.maxSteps=5");
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        _workspace.Run("short").ReadTimelessLog().ShouldBe(undisturbed.Files.ReadTimelessLog().Take(5));
        return _workspace.Run("short").ReadResult().WeightsSha256;
    }

    private void ShouldBeTheSame(RunFiles run)
    {
        var (result, expected) = (run.ReadResult(), undisturbed.Result);
        result.WeightsSha256.ShouldBe(expected.WeightsSha256);
        result.StateSha256.ShouldBe(expected.StateSha256);
        result.Top1.ShouldBe(expected.Top1);
        result.Top5.ShouldBe(expected.Top5);
        result.Top1Raw.ShouldBe(expected.Top1Raw);
        run.ReadTimelessLog().ShouldBe(undisturbed.Files.ReadTimelessLog());
        run.ReadTimelessEvaluations().ShouldBe(undisturbed.Files.ReadTimelessEvaluations());
    }

    private async Task<long> NewestCheckpointStepAsync()
    {
        var verified = await _workspace.RunAsync("checkpoint", "verify", "run");
        verified.ExitCode.ShouldBe(0, verified.ToString());
        return Directory.GetDirectories(_workspace.Run("run").Checkpoints, "step-*").Select(path => Path.GetFileName(path)["step-".Length..])
            .Where(name => name.All(char.IsAsciiDigit)).Max(long.Parse);
    }

    private static void ShouldTakeEachSampleOnceAnEpoch(string path, int samplesOfTheSet)
    {
        var stream = new List<long>();
        foreach (var (line, index) in File.ReadLines(path).Select((line, index) => (line, index)))
        {
            using var step = JsonDocument.Parse(line);
            step.RootElement.GetProperty("step").GetInt64().ShouldBe(index + 1);
            stream.AddRange(step.RootElement.GetProperty("samples").EnumerateArray().Select(sample => sample.GetInt64()));
        }

        var epochs = stream.Chunk(samplesOfTheSet).ToList();
        epochs.Count.ShouldBeGreaterThan(5);
        foreach (var epoch in epochs.Where(epoch => epoch.Length == samplesOfTheSet)) epoch.Order().ShouldBe(Enumerable.Range(0, samplesOfTheSet).Select(sample => (long)sample));
        epochs[^1].Distinct().Count().ShouldBe(epochs[^1].Length);
    }
}
