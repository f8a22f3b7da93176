using System.CommandLine;
using Inception.Distributed.Cli.Chaos;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Faults;
using Inception.Distributed.Hosting;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>chaos</c>: does a job bear it that workers, coordinator, network and disk fail?</summary>
internal sealed class ChaosCommand
{
    private const double DefaultSeconds = 60;

    private readonly JobArguments _job = new();

    private readonly Option<string?> _schedule = new("--schedule") { Description = "The faults, as docs/chaos.md describes.", HelpName = "FILE" };

    private readonly Option<int?> _seed = new("--seed") { Description = "Random faults instead; the same seed gives the same ones.", HelpName = "N", CustomParser = Parsers.Count };

    private readonly Option<double?> _duration = new("--duration")
    {
        Description = "With --seed: how long faults come, e.g. 90s or 30m. The job is run again until then. Default: 60s.",
        HelpName = "TIME",
        CustomParser = Parsers.Duration,
    };

    private readonly Option<string?> _expect = new("--expect") { Description = "SHA-256 of the undisturbed run's weights, which is not run then.", HelpName = "SHA256" };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Prints the schedule and ends." };

    private readonly Option<bool> _json = new("--json") { Description = "Prints the verdict as JSON; what happens goes to standard error." };

    public static Command Create()
    {
        var arguments = new ChaosCommand();
        var command = new ExampleCommand("chaos", "Runs a job on this machine while its workers, coordinator, network and disk fail, and checks that nothing is lost.",
            "inception chaos jobs/tiny.yaml --seed 1 --duration 60s --workers 3",
            "inception chaos jobs/tiny.yaml --schedule faults.yaml --set workers.timeout=3");
        arguments._job.Workers.Description = "Workers at the start of each run. Default: 3, or as many as the job allows.";
        arguments._job.Output.Description = "Directory of the runs, their logs and the verdict. Default: runs/NAME-chaos, then runs/NAME-chaos-2 and so on.";
        command.Add(arguments._job.File);
        foreach (var option in new Option[]
            { arguments._schedule, arguments._seed, arguments._duration, arguments._job.Workers, arguments._job.Set, arguments._job.Output, arguments._expect, arguments._dryRun, arguments._json })
            command.Add(option);
        command.SetAction((line, _) => arguments.RunAsync(line));
        return command;
    }

    private async Task<int> RunAsync(ParseResult line)
    {
        var job = _job.Load(line);
        var workers = WorkerCount.Choose(job, line.GetValue(_job.Workers), 3 * job.Workers.Threads);
        var schedule = Schedule(line, workers);
        Check(schedule, job);
        if (line.GetValue(_dryRun))
        {
            Console.Write(FaultScheduleFile.Write(schedule));
            return ExitCode.Ok;
        }

        var expected = ExpectedSha256(line);
        var output = line.GetValue(_job.Output) is { } asked ? OpenEmpty(asked) : RunDirectory.CreateNew(job.Name + "-chaos");
        var options = new ChaosOptions
        {
            JobFile = line.GetRequiredValue(_job.File),
            Job = job,
            Overrides = line.GetRequiredValue(_job.Set),
            Workers = workers,
            Schedule = schedule,
            ExpectedSha256 = expected,
            Output = RealPath.Of(output),
        };
        var asJson = line.GetValue(_json);
        var says = asJson ? Console.Error : Console.Out;
        says.WriteLine($"{job.Name}: {Format.Count(schedule.Faults.Count, "fault")} ({schedule.Origin}), {Format.Count(workers, "worker")}, output in {output}");
        if (schedule.Cuts && VirtualNetwork.Obstacle is { } obstacle) says.WriteLine($"cuts are left out: {obstacle}");
        using var signals = new StopSignals();
        try
        {
            var report = await new ChaosRun(options, says, TimeProvider.System).RunAsync(signals.Stop);
            var json = ChaosReportText.Json(report);
            await File.WriteAllTextAsync(Path.Combine(output, ChaosReportText.FileName), json + "\n");
            if (asJson) Console.WriteLine(json);
            else foreach (var text in ChaosReportText.Lines(report)) Console.WriteLine(text);
            return report.IsClean ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("stopped before the end; there is no verdict");
            return ExitCode.Stopped;
        }
    }

    private FaultSchedule Schedule(ParseResult line, int workers)
    {
        switch (line.GetValue(_schedule), line.GetValue(_seed))
        {
            case ({ } file, null):
                if (line.GetValue(_duration) is not null) throw new UserErrorException("--duration", "is for --seed; a schedule says itself when it is over");
                return FaultScheduleFile.Load(file);
            case (null, { } seed):
                var seconds = line.GetValue(_duration) ?? DefaultSeconds;
                var schedule = RandomSchedule.Create(seed, seconds, workers);
                return schedule.Faults.Count > 0 ? schedule : throw new UserErrorException("--duration", $"no fault fits into {seconds} s with --seed {seed}; give it longer");
            default:
                throw new UserErrorException("chaos", "give either --schedule FILE or --seed N");
        }
    }

    private static void Check(FaultSchedule schedule, JobSpec job)
    {
        var longest = schedule.Faults.Select(fault => fault.Fault).OfType<KillCoordinator>().Select(kill => kill.Away).DefaultIfEmpty(0).Max();
        if (longest >= job.Workers.OrphanTimeout)
        {
            throw new UserErrorException("workers.orphanTimeout", FormattableString.Invariant(
                $"is {job.Workers.OrphanTimeout} s, and the schedule has the coordinator away for {longest} s; every worker would give up. Raise it by --set"));
        }
    }

    private string? ExpectedSha256(ParseResult line)
    {
        var text = line.GetValue(_expect);
        return text is null || (text.Length == 64 && text.All(char.IsAsciiHexDigitLower))
            ? text
            : throw new UserErrorException("--expect", $"'{text}' is not a SHA-256 of 64 lower-case hexadecimal digits");
    }

    private static string OpenEmpty(string directory)
    {
        if (File.Exists(directory)) throw new UserErrorException("--output", $"{directory} is a file");
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
            throw new UserErrorException("--output", $"{directory} is not empty; a verdict needs a directory of its own");
        Directory.CreateDirectory(directory);
        return directory;
    }
}
