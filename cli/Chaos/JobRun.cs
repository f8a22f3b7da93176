using Grpc.Core;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Faults;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>One run of the job from start to end, with what is done to it in between.</summary>
internal sealed class JobRun : IAsyncDisposable
{
    /// <summary>How long members may take to leave after the run has ended.</summary>
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(15);

    /// <summary>More than a run stands still for without anything being wrong, faults apart.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly ChaosOptions _options;
    private readonly ChaosSurroundings _surroundings;
    private readonly JobProcesses _processes;
    private readonly StatusWatch _status;
    private readonly Timeline _timeline;
    private readonly RecoveryMeter _meter;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly List<string> _problems = [];
    private readonly Lock _lock = new();
    private readonly List<Task> _open = [];
    private volatile Task<bool>? _return;
    private long _lastHeld;

    private JobRun(ChaosOptions options, ChaosSurroundings surroundings, JobProcesses processes, Timeline timeline, RecoveryMeter meter, TimeProvider time)
    {
        (_options, _surroundings, _processes, _timeline, _meter, _time) = (options, surroundings, processes, timeline, meter, time);
        _status = new StatusWatch(processes.Url, time);
        Progress = new RunProgress(processes.Directory, processes.CoordinatorLog, meter, time);
    }

    public RunProgress Progress { get; }

    /// <summary>The run's directory.</summary>
    public string Directory => _processes.Directory;

    public RunStatus Status => _status.Latest;

    /// <summary>What was not as it should be, a sentence each.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_lock) return [.. _problems];
        }
    }

    private bool IsCoordinatorAway => _return is { IsCompleted: false };

    private bool IsHeld => IsCoordinatorAway || OpenFaults().Any();

    public static async Task<JobRun> StartAsync(
        ChaosOptions options, string name, string listen, ChaosSurroundings surroundings, Timeline timeline, RecoveryMeter meter, TimeProvider time)
    {
        var processes = new JobProcesses(options, Path.Combine(options.Output, name), listen, surroundings);
        System.IO.Directory.CreateDirectory(Path.Combine(processes.Directory, "logs"));
        var run = new JobRun(options, surroundings, processes, timeline, meter, time);
        await processes.StartCoordinatorAsync(resume: false);
        await run.StartWorkersAsync(options.Workers);
        return run;
    }

    /// <summary>Does something to the run. It may go on for a while after that; see <see cref="WhenOverAsync"/>.</summary>
    /// <returns>Why it could not be done, as a clause; null: it was.</returns>
    public async Task<string?> ApplyAsync(Fault fault)
    {
        switch (fault)
        {
            case KillWorker { Rank: var rank }:
                return OnMember(rank, fault, "kill", worker => End(worker, NativeMethods.Sigkill));
            case TerminateWorker { Rank: var rank }:
                return OnMember(rank, fault, "terminate", worker => End(worker, NativeMethods.Sigterm));
            case KillAllWorkers:
                Say(fault, null);
                foreach (var worker in _processes.Workers.Where(worker => worker.IsAlive)) End(worker, NativeMethods.Sigkill);
                return null;
            case StopWorker { Rank: var rank, For: var seconds }:
                return OnMember(rank, fault, IsLoss(seconds) ? "hang" : null, worker => Open(StopAsync(worker, seconds)));
            case CutWorker { Rank: var rank, For: var seconds } cut:
                if (_surroundings.Network is null) return VirtualNetwork.Obstacle;
                return OnMember(rank, fault, IsLoss(seconds) ? "cut" : null, worker => Open(CutAsync(worker, cut)));
            case DiskFault disk:
                Say(fault, null);
                Open(TroubleAsync(disk));
                return null;
            case JoinWorkers { Count: var count }:
                Say(fault, null);
                await StartWorkersAsync(count);
                return null;
            case DrainWorker { Rank: var rank }:
                return await DrainAsync(fault, rank);
            case KillCoordinator { Away: var away }:
                if (IsCoordinatorAway) return "the coordinator is away already";
                if (Status.State is "finishing" or "finished") return "the run is over";
                Say(fault, null);
                var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _return = ReturnAsync(go.Task, away);
                go.SetResult(); // Only now: its end must not be met by one who knows of no return.
                return null;
            default:
                throw new InvalidOperationException($"no way to do '{fault}'");
        }
    }

    /// <summary>Until all faults so far are over. Then sees to it that somebody is there to end the run.</summary>
    public async Task WhenOverAsync()
    {
        while (OpenFaults() is [var first, ..]) await first;
        if (_return is { } back) await back;
        if (_ended.IsCancellationRequested || _processes.Workers.Any(worker => worker.IsAlive)) return;
        _timeline.Say(Progress.Step, $"nobody is left; {Format.Count(_options.Workers, "worker")} join{(_options.Workers == 1 ? "s" : "")}");
        await StartWorkersAsync(_options.Workers);
    }

    /// <summary>Until the run has ended and its members have left.</summary>
    public async Task<int> WhenEndedAsync(CancellationToken stop)
    {
        var exitCode = await CoordinatorEndAsync(stop);
        var members = Members().ToList();
        await _ended.CancelAsync();
        await Task.WhenAll(OpenFaults());
        if (exitCode == ExitCode.Ok) await LetLeaveAsync(members);
        await _processes.EndAsync();
        Progress.Finish();
        return exitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await Task.WhenAll(OpenFaults());
        if (_return is { } back) await back;
        await _processes.EndAsync();
        await _status.DisposeAsync();
        Progress.Dispose();
        _ended.Dispose();
    }

    /// <summary>The exit code of the run's last coordinator, or -1 if nothing happened for too long.</summary>
    private async Task<int> CoordinatorEndAsync(CancellationToken stop)
    {
        while (true)
        {
            var (coordinator, back) = (_processes.Coordinator, _return);
            await Task.WhenAny(back is { IsCompleted: false } ? back : coordinator.Exited, Task.Delay(TimeSpan.FromSeconds(1), _time, stop));
            stop.ThrowIfCancellationRequested();
            if (IsStuck())
            {
                AddProblem($"The run came to a standstill at step {Progress.Step}: nothing happened for {Patience.TotalSeconds:0} s. Its last state: {Status}");
                return -1;
            }
            if (back is { IsCompleted: false } || !coordinator.Exited.IsCompleted || back != _return || coordinator != _processes.Coordinator) continue;
            // It was killed when the run had just ended.
            if (back is { Result: false }) return ExitCode.Ok;
            var exitCode = await coordinator.Exited;
            if (exitCode != ExitCode.Ok)
                AddProblem($"The coordinator ended with exit code {exitCode}: {string.Join(" | ", (await coordinator.ReadLogAsync()).TakeLast(5))}");
            return exitCode;
        }
    }

    private bool IsStuck()
    {
        // A run that is held is not at fault.
        if (IsHeld) _lastHeld = _time.GetTimestamp();
        return _time.GetElapsedTime(Math.Max(Progress.LastChange, _lastHeld)) > Patience;
    }

    private async Task StartWorkersAsync(int count)
    {
        var before = _processes.Workers.Count;
        await _processes.StartWorkersAsync(count);
        foreach (var worker in _processes.Workers.Skip(before)) _ = GuardAsync(worker);
    }

    // No worker ends by itself before the run does.
    private async Task GuardAsync(ChaosWorker worker)
    {
        var exitCode = await worker.Process.Exited;
        if (worker.MayEnd || _ended.IsCancellationRequested || exitCode == ExitCode.Ok) return;
        AddProblem($"{Capital(worker.Name)} ended with exit code {exitCode}, though nothing was done to it: {string.Join(" | ", (await worker.Process.ReadLogAsync()).TakeLast(5))}");
    }

    private async Task LetLeaveAsync(List<ChaosWorker> members)
    {
        var leaving = Task.WhenAll(members.Select(worker => worker.Process.Exited));
        await Task.WhenAny(leaving, Task.Delay(LeaveTime, _time));
        foreach (var worker in members.Where(worker => worker.IsAlive)) AddProblem($"{Capital(worker.Name)} did not leave when the run had ended.");
        foreach (var worker in members.Where(worker => !worker.IsAlive && !worker.MayEnd))
        {
            if (await worker.Process.Exited is var code and not ExitCode.Ok) AddProblem($"{Capital(worker.Name)} left the finished run with exit code {code}.");
        }
    }

    /// <summary>By rank, as the coordinator said last; without those that are dead or held.</summary>
    private IEnumerable<ChaosWorker> Members() => Status.Workers.Where(worker => worker.Rank >= 0).OrderBy(worker => worker.Rank)
        .Select(worker => _processes.Find(worker.WorkerId)).OfType<ChaosWorker>().Where(worker => !worker.IsHeld);

    private string? OnMember(int rank, Fault fault, string? measured, Action<ChaosWorker> act)
    {
        var members = Members().ToList();
        if (members.Count == 0) return "no member is there to bear it";
        var worker = members[rank % members.Count];
        Say(fault, worker, measured);
        act(worker);
        return null;
    }

    private void Say(Fault fault, ChaosWorker? worker, string? measured = null)
    {
        _meter.Fault(measured);
        _timeline.Say(Progress.Step, worker is null ? fault.ToString() : $"{fault} ({worker.Name})");
    }

    private static void End(ChaosWorker worker, int signal)
    {
        worker.MayEnd = true;
        worker.Process.Signal(signal);
    }

    private async Task StopAsync(ChaosWorker worker, double seconds)
    {
        Hold(worker, seconds);
        worker.Process.Signal(NativeMethods.Sigstop);
        await PauseAsync(seconds);
        worker.Process.Signal(NativeMethods.Sigcont);
        worker.IsHeld = false;
    }

    private async Task CutAsync(ChaosWorker worker, CutWorker cut)
    {
        Hold(worker, cut.For);
        await _surroundings.Network!.CutAsync(worker.Host!, cut.Way);
        await PauseAsync(cut.For);
        await _surroundings.Network!.MendAsync(worker.Host!, cut.Way);
        worker.IsHeld = false;
    }

    private void Hold(ChaosWorker worker, double seconds)
    {
        worker.IsHeld = true;
        if (seconds >= _options.Job.Workers.OrphanTimeout) worker.MayEnd = true;
    }

    private async Task TroubleAsync(DiskFault disk)
    {
        using (_surroundings.Disk.Begin(disk, disk.WholeRun ? Directory : Path.Combine(Directory, "checkpoints"))) await PauseAsync(disk.For);
    }

    private async Task<string?> DrainAsync(Fault fault, int rank)
    {
        var members = Members().ToList();
        if (members.Count == 0) return "no member is there to bear it";
        var worker = members[rank % members.Count];
        var id = Status.Workers.First(status => _processes.Find(status.WorkerId) == worker).WorkerId;
        Say(fault, worker, "drain");
        worker.MayEnd = true;
        try
        {
            await _status.Operator.DrainAsync(new DrainCommand { WorkerId = id, Reason = "chaos drains it" }, deadline: _time.GetUtcNow().UtcDateTime.AddSeconds(5));
            return null;
        }
        catch (RpcException e)
        {
            return $"the coordinator does not take the order ({e.StatusCode})";
        }
    }

    /// <returns>False: the run had ended before it was killed, so there is nothing to come back to.</returns>
    private async Task<bool> ReturnAsync(Task go, double away)
    {
        await go;
        var killed = _processes.Coordinator;
        killed.Kill();
        await killed.Exited;
        await PauseAsync(away);
        if (File.Exists(Path.Combine(Directory, RunResult.FileName))) return false;
        if (_ended.IsCancellationRequested) return true;
        await _processes.StartCoordinatorAsync(resume: true);
        _timeline.Say(Progress.Step, "the coordinator is started again");
        return true;
    }

    private Task PauseAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), _time, _ended.Token).ContinueWith(_ => { }, TaskScheduler.Default);

    // Longer than the coordinator waits for a sign of life.
    private bool IsLoss(double seconds) => seconds > _options.LossAfter;

    private void Open(Task fault)
    {
        lock (_lock) _open.Add(fault);
    }

    private IReadOnlyList<Task> OpenFaults()
    {
        lock (_lock)
        {
            _open.RemoveAll(task => task.IsCompletedSuccessfully);
            return [.. _open];
        }
    }

    private void AddProblem(string problem)
    {
        lock (_lock) _problems.Add(problem);
        _timeline.Say(Progress.Step, problem);
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
