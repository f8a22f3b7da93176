using Inception.Distributed.Hosting;

namespace Inception.Distributed.Cli.Launch;

/// <summary>A worker process for each of a host's devices, from start to end.</summary>
internal static class DeviceWorkers
{
    /// <summary>
    /// Until all have ended. SIGTERM and Ctrl-C reach each worker, which leaves the run in order; a second one kills. Where one fails, the
    /// others leave too: restarts belong to whoever started this process, and they get the whole host's devices back.
    /// </summary>
    /// <param name="arguments">The command line of one device's worker, by the device and its place in the list, from 0.</param>
    /// <param name="print">Takes what they print, line by line, from any thread.</param>
    /// <returns>See <see cref="ExitCodeOf"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> devices, Func<string, int, IEnumerable<string>> arguments, Action<string> print)
    {
        using var children = new ChildLauncher();
        using var signals = new StopSignals(beforeExit: children.KillAll);
        var workers = new List<ChildProcess>();
        var labels = Labels(devices);
        foreach (var (device, label) in devices.Zip(labels))
        {
            workers.Add(await children.StartAsync(label, line => print(Labelled(label, line)), arguments(device, workers.Count)));
        }

        await using var leaving = signals.Stop.Register(() => workers.ForEach(worker => worker.Terminate()));
        await Task.WhenAll(workers.Select(WatchAsync));
        return ExitCodeOf([.. workers.Select(worker => worker.Exited.Result)]);

        async Task WatchAsync(ChildProcess worker)
        {
            var exitCode = await worker.Exited;
            if (!IsFailure(exitCode) || workers.TrueForAll(other => other.Exited.IsCompleted)) return;
            print(Labelled(worker.Name, $"ended with exit code {exitCode}; the others leave the run, so that all can be started again."));
            workers.ForEach(other => other.Terminate());
        }
    }

    /// <summary>A user's mistake before any other failure, a failure before the end of the run, and that before 143, which says that all were told to go.</summary>
    public static int ExitCodeOf(IReadOnlyList<int> exitCodes) =>
        exitCodes.Contains(ExitCode.UserError) ? ExitCode.UserError
        : exitCodes.Any(IsFailure) ? exitCodes.First(IsFailure)
        : exitCodes.Contains(ExitCode.Ok) ? ExitCode.Ok
        : ExitCode.Terminated;

    private static bool IsFailure(int exitCode) => exitCode is not (ExitCode.Ok or ExitCode.Terminated);

    // cpu,cpu are cpu#1 and cpu#2.
    private static List<string> Labels(IReadOnlyList<string> devices) =>
        [.. devices.Select((device, index) => devices.Count(other => other == device) == 1 ? device : $"{device}#{devices.Take(index + 1).Count(other => other == device)}")];

    // A line of JSON is for a machine, and says of itself who wrote it.
    private static string Labelled(string label, string line) => line.StartsWith('{') ? line : $"[{label}] {line}";
}
