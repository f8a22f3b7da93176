using System.Diagnostics;
using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>A worker hangs while its process lives and sends heartbeats: its peers go on without it, to the same bits.</summary>
public sealed class HangTests : IDisposable
{
    private static readonly string[] Settings =
    [
        "workers.timeout=2", "model.classes=3", "data.train={format: imagefolder, path: photos/imagefolder, split: train}",
        "data.validation={format: imagefolder, path: photos/imagefolder, split: val}",
    ];

    private readonly Workspace _workspace = new();
    private readonly Cluster _cluster;

    public HangTests() => _cluster = new Cluster(_workspace, Settings);

    public void Dispose()
    {
        _cluster.Dispose();
        _workspace.Dispose();
    }

    [Fact]
    public async Task A_worker_whose_file_system_does_not_answer_any_more_is_left_out()
    {
        await Photographs.MakeAsync(_workspace, images: 48, classes: 3);
        Directory.CreateDirectory(_workspace.PathOf("elsewhere"));
        await RunAsync("cp", "-r", _workspace.PathOf("photos"), _workspace.PathOf("elsewhere"));
        _cluster.StartCoordinator(workers: 2);
        var hung = _cluster.StartWorker(directory: _workspace.PathOf("elsewhere"));
        _cluster.StartWorker();
        await _cluster.UntilStepAsync(3);

        // Who opens a named pipe to read waits for somebody who writes, and nobody does.
        foreach (var file in Directory.GetFiles(_workspace.PathOf("elsewhere/photos/imagefolder/train"), "*", SearchOption.AllDirectories))
        {
            await RunAsync("mkfifo", file + ".pipe");
            File.Move(file + ".pipe", file, overwrite: true);
        }

        var status = await _cluster.UntilAsync(now => now.Workers.Any(worker => worker.State == "left out"), "the one that hangs is left out");
        status.Events.ShouldContain(sentence => sentence.Contains("was waited for in vain, though it gives signs of life", StringComparison.Ordinal));
        await _cluster.FinishAsync();

        var result = _workspace.Run("run").ReadResult();
        result.Workers.ShouldBe(1);
        (await _workspace.RunAsync(["train", Workspace.TinyJob, "--workers", "1", "--output", "alone", .. Settings.SelectMany(setting => new[] { "--set", setting })]))
            .ExitCode.ShouldBe(0);
        _workspace.Run("alone").ReadResult().StateSha256.ShouldBe(result.StateSha256);
        _workspace.Run("alone").ReadTimelessLog().ShouldBe(_workspace.Run("run").ReadTimelessLog());
        (await hung.WaitAsync()).ExitCode.ShouldBe(0, "it ends although its thread does not");
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0);
    }
}
