using System.Text.Json.Nodes;
using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary><c>inception evaluate</c> as users call it, on the checkpoints of <c>jobs/tiny.yaml</c>: 31 test images, a prime, in blocks of 7.</summary>
public sealed class EvaluationTests(UndisturbedRun undisturbed) : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData(1), InlineData(3)]
    public Task Any_number_of_workers_gives_the_bits_of_the_run_itself(int workers) => GivesTheBitsOfTheRunAsync(workers);

    [Fact]
    [Trait("Category", "Long")]
    public Task Five_workers_give_the_bits_of_the_run_itself() => GivesTheBitsOfTheRunAsync(5);

    private async Task GivesTheBitsOfTheRunAsync(int workers)
    {
        var figures = await EvaluateAsync(undisturbed.Files.Directory, "--workers", $"{workers}");

        var during = JsonNode.Parse(undisturbed.Files.ReadTimelessEvaluations()[^1])!;
        foreach (var name in new[] { "top1", "top5", "loss", "images" }) figures[name]!.ToJsonString().ShouldBe(during[name]!.ToJsonString(), name);
        figures["confusion"]!.AsArray().SelectMany(row => row!.AsArray()).Sum(cell => (int)cell!).ShouldBe(31);
    }

    [Fact]
    public async Task An_ensemble_without_two_images_counts_the_rest_once()
    {
        var older = Path.Combine(undisturbed.Files.Checkpoints, "step-00000020");
        var blacklist = _workspace.Write("blacklist.txt", "1\n31\n");
        string[] arguments = [undisturbed.Files.Directory, older, "--crops", "10", "--weights", "raw", "--blacklist", blacklist];
        var one = await EvaluateAsync([.. arguments, "--workers", "1", "--output", "one"]);
        var two = await EvaluateAsync([.. arguments, "--workers", "2"]);

        one.ToJsonString().ShouldBe(two.ToJsonString());
        ((int)one["images"]!).ShouldBe(29);
        ((int)one["leftOut"]!).ShouldBe(2);
        File.ReadLines(_workspace.PathOf("one/predictions.csv")).Skip(1).Select(line => line.Split(',')[0]).ShouldBe(Enumerable.Range(2, 29).Select(image => $"{image}"));
    }

    [Fact]
    public async Task Mistakes_end_with_exit_code_2_and_no_stack_trace()
    {
        Directory.CreateDirectory(_workspace.PathOf("empty"));
        var run = undisturbed.Files.Directory;
        await ShouldFailAsync("nowhere: no such directory", "nowhere");
        await ShouldFailAsync("empty: holds no whole checkpoint", "empty");
        await ShouldFailAsync("there are no 11 crops; choose 1, 10, 12, 144", run, "--crops", "11");
        await ShouldFailAsync("--data: path: There is no directory '/nowhere'", run, "--workers", "1", "--data", "idx:/nowhere");
        _workspace.Write("blacklist.txt", "32\n");
        await ShouldFailAsync("--blacklist: it names image 32, but the set has 31 images", run, "--workers", "2", "--blacklist", "blacklist.txt");
    }

    [Fact]
    public async Task A_broken_checkpoint_is_not_evaluated()
    {
        var broken = _workspace.PathOf("run/checkpoints/step-00000030");
        Directory.CreateDirectory(broken);
        foreach (var file in Directory.GetFiles(Path.Combine(undisturbed.Files.Checkpoints, "step-00000030"))) File.Copy(file, Path.Combine(broken, Path.GetFileName(file)));
        File.AppendAllText(Path.Combine(broken, "ema.safetensors"), "x");

        await ShouldFailAsync("ema.safetensors has", broken);
        await ShouldFailAsync("holds no whole checkpoint", "run");
    }

    [Fact]
    public async Task Predict_shows_the_good_images_and_names_the_others()
    {
        var good = Path.Combine(Workspace.Repository, "docs", "images", "confusion-fashion-mnist.png");
        var outcome = await _workspace.RunAsync("predict", good, _workspace.Write("text.jpg", "no image"), "nowhere.jpg", "--checkpoint", undisturbed.Files.Directory, "--top", "3");

        outcome.ExitCode.ShouldBe(2, outcome.ToString());
        var lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(4, outcome.ToString());
        lines[0].ShouldBe(good);
        lines[1..].ShouldAllBe(line => line.Contains(" %  ", StringComparison.Ordinal));
        outcome.Errors.ShouldContain("text.jpg: it begins neither as a JPEG");
        outcome.Errors.ShouldContain("nowhere.jpg: can't be read");
    }

    private async Task ShouldFailAsync(string message, params string[] arguments)
    {
        var outcome = await _workspace.RunAsync(["evaluate", .. arguments]);
        outcome.ExitCode.ShouldBe(2, outcome.ToString());
        outcome.Errors.ShouldContain(message, customMessage: outcome.ToString());
        outcome.Errors.ShouldNotContain("   at ", customMessage: outcome.ToString());
    }

    /// <summary>The figures without what depends on the workers: their number and the time.</summary>
    private async Task<JsonObject> EvaluateAsync(params string[] arguments)
    {
        var outcome = await _workspace.RunAsync(["evaluate", .. arguments, "--json"]);
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        var figures = JsonNode.Parse(outcome.Output)!.AsObject();
        figures.Remove("seconds");
        figures.Remove("workers");
        return figures;
    }
}
