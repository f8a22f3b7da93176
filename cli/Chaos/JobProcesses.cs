using System.Globalization;
using Inception.Distributed.Cli.Launch;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>The coordinator and the workers of one run of the job, as children of this process.</summary>
internal sealed class JobProcesses(ChaosOptions options, string directory, string listen, ChaosSurroundings surroundings)
{
    private readonly List<ChaosWorker> _workers = [];
    private readonly Lock _lock = new();

    /// <summary>The run's own.</summary>
    public string Directory { get; } = directory;

    public string CoordinatorLog => LogFile("coordinator");

    public Uri Url { get; } = new($"http://{listen}");

    /// <summary>The newest one.</summary>
    public ChildProcess Coordinator { get; private set; } = null!;

    /// <summary>All that were started.</summary>
    public IReadOnlyList<ChaosWorker> Workers
    {
        get
        {
            lock (_lock) return [.. _workers];
        }
    }

    public async Task StartCoordinatorAsync(bool resume)
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(CoordinatorLog)!);
        string[] arguments =
        [
            "coordinator", options.JobFile, "--output", Directory, "--listen", listen, "--workers", options.Workers.ToString(CultureInfo.InvariantCulture),
            .. options.Overrides.Append("data.recordSamples=true").SelectMany(set => new[] { "--set", set }),
            "--insecure", // Its hosts are namespaces of this one, on a bridge of their own.
            .. resume ? new[] { "--resume" } : [],
        ];
        Coordinator = await surroundings.Launcher.StartAsync("the coordinator", CoordinatorLog, arguments, surroundings.Of(null));
        surroundings.Watch.Add("coordinator", Coordinator);
    }

    public async Task StartWorkersAsync(int count)
    {
        for (var k = 0; k < count; k++)
        {
            var host = surroundings.Network is { } network ? await network.AddHostAsync() : null;
            var name = $"worker {Workers.Count + 1}";
            var process = await surroundings.Launcher.StartAsync(name, LogFile(name.Replace(' ', '-')), TrainOptions.WorkerArguments(Url, insecure: true), surroundings.Of(host));
            surroundings.Watch.Add(name, process);
            lock (_lock) _workers.Add(new ChaosWorker(process, host));
        }
    }

    /// <summary>The process of a worker that the coordinator names, if it is alive.</summary>
    /// <param name="workerId">HOST-PID-RANDOM.</param>
    public ChaosWorker? Find(string workerId) =>
        workerId.Split('-') is [_, .., var id, _] && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            ? Workers.LastOrDefault(worker => worker.Process.Id == process && worker.IsAlive)
            : null;

    /// <summary>Ends all that still run, and takes their hosts away.</summary>
    public async Task EndAsync()
    {
        foreach (var worker in Workers.Where(worker => worker.IsAlive)) worker.Process.Kill();
        Coordinator.Kill();
        await Coordinator.Exited;
        foreach (var worker in Workers)
        {
            await worker.Process.Exited;
            if (worker.Host is { } host) await surroundings.Network!.RemoveHostAsync(host);
        }
    }

    private string LogFile(string name) => Path.Combine(Directory, "logs", name + ".log");
}
