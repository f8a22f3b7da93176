using System.Net;
using System.Net.Sockets;
using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>What users get wrong ends with exit code 2 and lines that say what to do, and never with a stack trace.</summary>
public sealed class WrongThingsTests(UndisturbedRun undisturbed) : IDisposable
{
    private const string FashionMnist = "/usr/share/datasets/fashion-mnist";

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task No_such_job_file()
    {
        _workspace.Write("tiny.yaml", "");
        await ShouldFailAsync("tinny.yaml: no such file; did you mean 'tiny.yaml'?", "train", "tinny.yaml");
    }

    [Fact]
    public Task Bad_yaml() => ShouldFailAsync("bad.yaml:3:1: not valid YAML", "train", _workspace.Write("bad.yaml", "name: x\nmodel: [unclosed\n"));

    [Fact]
    public async Task Five_mistakes_are_all_reported()
    {
        var job = File.ReadAllText(Workspace.TinyJob)
            .Replace("inputSize: 75", "inputSize: 32", StringComparison.Ordinal)
            .Replace("width: 0.125", "widht: 0.125", StringComparison.Ordinal)
            .Replace("global: 12", "global: twelve", StringComparison.Ordinal)
            .Replace("name: rmsprop", "name: rmsprob", StringComparison.Ordinal)
            .Replace("policy: exponential", "policy: exponentail", StringComparison.Ordinal);
        var outcome = await _workspace.RunAsync("job", "validate", _workspace.Write("five.yaml", job), Workspace.TinyJob);

        outcome.ExitCode.ShouldBe(2, outcome.ToString());
        var lines = outcome.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(5, outcome.ToString());
        outcome.Output.ShouldContain("is a valid job: tiny", Case.Sensitive, "the other file is looked at all the same");
        lines.ShouldAllBe(line => line.StartsWith("error: five.yaml:", StringComparison.Ordinal));
        foreach (var hint in new[] { "'width'", "'rmsprop'", "'exponential'" }) outcome.Errors.ShouldContain($"did you mean {hint}?");
    }

    [Fact]
    public Task Micro_batches_that_do_not_divide_the_batch() => ShouldFailAsync("batch.microBatches",
        "train", Workspace.TinyJob, "--set", "batch.microBatches=5");

    [Fact]
    public Task More_workers_than_micro_batches() => ShouldFailAsync("7 workers, but a step has only 6 micro-batches",
        "train", Workspace.TinyJob, "--workers", "7");

    [Fact]
    public Task A_dataset_path_that_lacks_a_file()
    {
        LinkDataset(except: "train-labels-idx1-ubyte.gz");
        return ShouldFailAsync("train-labels-idx1-ubyte",
            "train", Workspace.TinyJob, "--workers", "1", "--set", $"data.train.path={_workspace.PathOf("data")}");
    }

    // Within the limit of jobs/tiny.yaml the file would be whole.
    [Fact]
    public Task A_truncated_dataset_file()
    {
        const string images = "train-images-idx3-ubyte.gz";
        LinkDataset(except: images);
        File.WriteAllBytes(Path.Combine(_workspace.PathOf("data"), images), File.ReadAllBytes(Path.Combine(FashionMnist, images))[..100_000]);
        return ShouldFailAsync(images, "train", Workspace.TinyJob, "--workers", "1",
            "--set", $"data.train.path={_workspace.PathOf("data")}", "--set", "data.train.limit=0");
    }

    [Fact]
    public async Task A_port_in_use()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await ShouldFailAsync($"--listen: {other.LocalEndpoint} is in use", "train", Workspace.TinyJob, "--listen", other.LocalEndpoint.ToString()!);
    }

    [Fact]
    public async Task A_worker_without_a_coordinator_looks_for_it_and_then_says_so()
    {
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        var address = $"http://{unused.LocalEndpoint}";
        unused.Stop();
        await ShouldFailAsync(address, "worker", "--coordinator", address, "--connect-timeout", "2");
    }

    [Fact]
    public Task Resuming_where_no_run_is() => ShouldFailAsync("--resume: no run of 'tiny' with a checkpoint", "train", Workspace.TinyJob, "--resume");

    [Fact]
    public async Task Resuming_from_a_checkpoint_of_another_job_names_the_fields_that_differ()
    {
        foreach (var file in Directory.EnumerateFiles(undisturbed.Files.Checkpoints, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_workspace.PathOf("run"), Path.GetRelativePath(undisturbed.Files.Directory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        await ShouldFailAsync("error: seed: is 8 now, 7 in the checkpoint",
            "train", Workspace.TinyJob, "--output", "run", "--resume", "--set", "seed=8");
    }

    [Theory]
    [InlineData("unknown command 'trian'; did you mean 'train'?", "trian")]
    [InlineData("unknown option '--worker'; did you mean '--workers'?", "train", "job.yaml", "--worker", "2")]
    public Task A_mistyped_command_line(string message, params string[] arguments) => ShouldFailAsync(message, arguments);

    private async Task ShouldFailAsync(string message, params string[] arguments)
    {
        var outcome = await _workspace.RunAsync(arguments);

        outcome.ExitCode.ShouldBe(2, outcome.ToString());
        outcome.Errors.ShouldContain(message);
        outcome.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldAllBe(line => line.StartsWith("error: ", StringComparison.Ordinal) || line.StartsWith("See: ", StringComparison.Ordinal));
        Directory.Exists(_workspace.PathOf("runs/tiny")).ShouldBeFalse("a mistake is no run");
    }

    private void LinkDataset(string except)
    {
        Directory.CreateDirectory(_workspace.PathOf("data"));
        foreach (var file in Directory.EnumerateFiles(FashionMnist).Where(file => Path.GetFileName(file) != except))
            File.CreateSymbolicLink(Path.Combine(_workspace.PathOf("data"), Path.GetFileName(file)), file);
    }
}
