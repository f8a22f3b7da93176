using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Faults;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>The undisturbed run, then the job again and again until all faults have come, and a verdict.</summary>
internal sealed class ChaosRun(ChaosOptions options, TextWriter output, TimeProvider time)
{
    private readonly FaultClock _clock = new(time);
    private readonly List<string> _problems = [];
    private readonly List<ChaosResult> _runs = [];
    private long _samples;

    /// <param name="stop">Ends everything at once.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task<ChaosReport> RunAsync(CancellationToken stop)
    {
        var timeline = new Timeline(output, _clock);
        RunProgress? progress = null;
        var meter = new RecoveryMeter(time, recovery => timeline.Say(progress!.Step, Format.Text($"goes on {recovery.NextStep:0.00} s after the {recovery.Fault}")
            + Format.Text($" (generation formed after {recovery.Formed:0.00} s){(recovery.Alone ? "" : ", other faults in between")}")));
        var injector = new Injector(options.Schedule, _clock, timeline);
        var temporary = Directory.CreateDirectory(Path.Combine(options.Output, "tmp")).FullName;
        await File.WriteAllTextAsync(Path.Combine(options.Output, "schedule.yaml"), FaultScheduleFile.Write(options.Schedule), stop);

        IReadOnlyList<WatchedProcess> processes;
        var port = FreePort();
        var mark = Guid.NewGuid().ToString("N");
        using (var launcher = new ChildLauncher())
        {
            await using var network = options.Schedule.Cuts && VirtualNetwork.Obstacle is null ? await VirtualNetwork.CreateAsync() : null;
            await using var watch = new ProcessWatch(time);
            var surroundings = new ChaosSurroundings(launcher, network, new DiskControl(Path.Combine(options.Output, "disk-faults")), watch, temporary, mark);
            var listen = string.Create(CultureInfo.InvariantCulture, $"{network?.Address ?? "127.0.0.1"}:{port}");

            if (options.ExpectedSha256 is null) await RunUndisturbedAsync();
            var injecting = injector.RunAsync(stop);
            for (var number = 1; _problems.Count == 0; number++)
            {
                await RunDisturbedAsync($"run-{number}");
                if (injecting.IsCompleted) break;
            }
            if (injecting.IsCompleted) await injecting;
            processes = watch.Processes;

            async Task RunUndisturbedAsync()
            {
                timeline.Say($"undisturbed run of {options.Job.Name} with {Format.Count(options.Workers, "worker")}");
                await using var run = await JobRun.StartAsync(options, "undisturbed", listen, surroundings, timeline, new RecoveryMeter(time, _ => { }), time);
                await run.WhenEndedAsync(stop);
                var audit = Audit(run, null);
                if (audit.Result is { } result) timeline.Say($"{Format.Count(result.Step, "step")} in {Format.Duration(result.SecondsTotal)}, weights sha256 {result.WeightsSha256}");
            }

            async Task RunDisturbedAsync(string name)
            {
                timeline.Say($"{name} of {options.Job.Name}");
                meter.NextRun();
                await using var run = await JobRun.StartAsync(options, name, listen, surroundings, timeline, meter, time);
                progress = run.Progress;
                var ending = run.WhenEndedAsync(stop);
                if (await Task.WhenAny(ending, run.Progress.Started) != ending)
                {
                    _clock.Go();
                    injector.Enter(run);
                }
                await ((Task)ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _clock.Stand();
                injector.Leave();
                await ending;
                if (Audit(run, Sha256()) is { Result: { } result } audit)
                {
                    _samples += audit.Samples;
                    _runs.Add(result);
                    if (_problems.Count == 0) timeline.Say($"{name} has come to the same weights: {Format.Count(result.Step, "step")} in {Format.Duration(result.SecondsTotal)}, {Format.Count(result.Generations, "generation")}");
                }
            }
        }

        string[] runs = [.. Directory.EnumerateDirectories(options.Output, "run-*")];
        return new ChaosReport
        {
            Job = options.Job.Name,
            Schedule = options.Schedule.Origin,
            Workers = options.Workers,
            WeightsSha256 = Sha256(),
            Runs = _runs,
            Seconds = _clock.Seconds,
            Faults = injector.Done.GroupBy(NameOf).OrderByDescending(group => group.Count()).ToDictionary(group => group.Key, group => group.Count()),
            LeftOut = injector.LeftOut,
            Samples = _samples,
            StepsRecomputed = meter.StepsRecomputed,
            Recoveries = meter.Done,
            Processes = processes,
            Leaks = new Leaks(mark, processes.Select(process => process.Id).ToHashSet(), port, temporary).Find(runs),
            Problems = _problems,
            Timeline = timeline.Lines,
        };
    }

    private string Undisturbed => Path.Combine(options.Output, "undisturbed");

    private string? Sha256() => options.ExpectedSha256 ?? ChaosResult.TryRead(Undisturbed)?.WeightsSha256;

    /// <param name="expectedSha256">Null: this is the undisturbed run.</param>
    private RunAudit Audit(JobRun run, string? expectedSha256)
    {
        _problems.AddRange(run.Problems);
        var audit = new RunAudit(run.Directory, options.Job.Batch.Global);
        // What went wrong before is the reason of all that is missing.
        if (run.Problems.Count > 0) return audit;
        var size = ChaosResult.TryRead(run.Directory) is { Epoch: > 0 } result ? (long)Math.Round(result.Step * options.Job.Batch.Global / result.Epoch) : 1;
        _problems.AddRange(audit.Check(expectedSha256, expectedSha256 is null || options.ExpectedSha256 is not null ? null : Undisturbed, size));
        return audit;
    }

    private static string NameOf(Fault fault) => fault switch
    {
        KillWorker or KillAllWorkers => "kill",
        KillCoordinator => "kill of the coordinator",
        StopWorker => "stop",
        CutWorker => "cut",
        TerminateWorker => "terminate",
        DrainWorker => "drain",
        DiskFault disk => $"disk {disk.Trouble.ToString().ToLowerInvariant()}",
        JoinWorkers => "join",
        _ => throw new InvalidOperationException($"no name for {fault.GetType().Name}"),
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
