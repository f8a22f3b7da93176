using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>Weights out to torchvision, and runs that start from weights.</summary>
public sealed class WeightsTests(UndisturbedRun undisturbed) : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_run_that_starts_from_weights_gives_the_same_bits_from_one_and_three_workers()
    {
        string[] job = ["train", Workspace.TinyJob, "--set", $"model.weights={undisturbed.Files.Directory}", "--set", "seed=8", "--set", "schedule.maxSteps=5"];
        var one = await _workspace.RunAsync([.. job, "--workers", "1", "--output", "one"]);
        var three = await _workspace.RunAsync([.. job, "--workers", "3", "--output", "three"]);
        var none = await _workspace.RunAsync("train", Workspace.TinyJob, "--set", "seed=8", "--set", "schedule.maxSteps=5", "--workers", "1", "--output", "none");

        one.ExitCode.ShouldBe(0, one.ToString());
        three.ExitCode.ShouldBe(0, three.ToString());
        none.ExitCode.ShouldBe(0, none.ToString());
        one.Output.ShouldContain("Starts from the weights in");
        one.Output.ShouldContain("the running average");
        _workspace.Run("three").ReadResult().StateSha256.ShouldBe(_workspace.Run("one").ReadResult().StateSha256);
        _workspace.Run("three").ReadTimelessLog().ShouldBe(_workspace.Run("one").ReadTimelessLog());
        _workspace.Run("none").ReadResult().WeightsSha256.ShouldNotBe(_workspace.Run("one").ReadResult().WeightsSha256);
    }

    [Fact]
    public async Task Weights_of_another_network_or_none_are_the_users_mistake()
    {
        var wider = await _workspace.RunAsync("train", Workspace.TinyJob, "--set", $"model.weights={undisturbed.Files.Directory}", "--set", "model.width=0.25", "--output", "wider");
        var missing = await _workspace.RunAsync("train", Workspace.TinyJob, "--set", "model.weights=nowhere", "--output", "missing");

        wider.ExitCode.ShouldBe(2, wider.ToString());
        wider.Errors.ShouldContain("holds weights of inception-v3 of width 0.125, and the job trains inception-v3 of width 0.25");
        missing.ExitCode.ShouldBe(2, missing.ToString());
        missing.Errors.Trim().ShouldBe("error: model.weights: there is no directory nowhere");
    }

    [Fact]
    public Task A_checkpoint_trained_here_loads_into_torchvision_and_takes_each_image_for_the_same() => CompareWithTorchvisionAsync(images: 300, "ema");

    [Fact]
    [Trait("Category", "Long")]
    public Task A_checkpoint_trained_here_takes_each_image_of_the_test_set_for_the_same_in_torchvision() => CompareWithTorchvisionAsync(images: 10_000, "ema", "raw");

    private async Task CompareWithTorchvisionAsync(int images, params string[] kinds)
    {
        Assert.SkipUnless(HasTorchvision(), "python3-torchvision is needed");
        var job = Path.Combine(Workspace.Repository, "jobs", "fashion-mnist.yaml");
        var trained = await _workspace.RunAsync("train", job, "--workers", "1", "--output", "run", "--set", "data.train.limit=2500", "--set", "schedule.epochs=2",
            "--set", $"data.validation.limit={images}", "--set", "optimizer.ema=0.9");
        trained.ExitCode.ShouldBe(0, trained.ToString());
        using var result = JsonDocument.Parse(File.ReadAllText(_workspace.PathOf("run/result.json")));

        foreach (var weights in kinds)
        {
            var figure = weights == "raw" ? "top1Raw" : "top1";
            var exported = await _workspace.RunAsync("checkpoint", "export", "run", "--weights", weights, "--output", $"{weights}.pth");
            exported.ExitCode.ShouldBe(0, exported.ToString());
            var evaluated = await _workspace.RunAsync("evaluate", "run", "--weights", weights, "--output", $"evaluated-{weights}");
            evaluated.ExitCode.ShouldBe(0, evaluated.ToString());
            result.RootElement.GetProperty(figure).GetDouble().ShouldBeGreaterThan(0.33, "or the network has learnt nothing that could be compared");
            var predicted = File.ReadLines(_workspace.PathOf($"evaluated-{weights}/predictions.csv")).Skip(1).Select(line => line.Split(',')[2]);
            (await PredictInTorchvisionAsync($"{weights}.pth", images)).ShouldBe(predicted, weights);
        }
    }

    private static bool HasTorchvision()
    {
        if (!File.Exists(Python)) return false;
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import torchvision"]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private async Task<string[]> PredictInTorchvisionAsync(string file, int images)
    {
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "torchvision_top1.py"), _workspace.PathOf(file), "0.25", "75", images.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONPATH"] = Path.Combine(Workspace.Repository, "bench"); // holds the scaled network
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await errors);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
