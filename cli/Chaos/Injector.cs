using Inception.Distributed.Faults;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>Brings a schedule's faults upon the runs of a job, in their order. Between two runs it waits.</summary>
internal sealed class Injector(FaultSchedule schedule, FaultClock clock, Timeline timeline)
{
    private readonly List<string> _leftOut = [];
    private TaskCompletionSource<JobRun> _current = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Faults that were done.</summary>
    public IReadOnlyList<Fault> Done { get; private set; } = [];

    /// <summary>Those that could not be, and why.</summary>
    public IReadOnlyList<string> LeftOut => _leftOut;

    /// <summary>A run has come to its first step.</summary>
    public void Enter(JobRun run) => _current.SetResult(run);

    /// <summary>The run is over.</summary>
    public void Leave()
    {
        Volatile.Write(ref _current, new(TaskCreationOptions.RunContinuationsAsynchronously));
        Interlocked.Exchange(ref _left, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>Until all faults are over.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        foreach (var fault in schedule.Faults)
        {
            while (!await TryAsync(fault, stop))
            {
                // The run was over before the fault was due; the next one bears it.
            }
        }
        await (await Volatile.Read(ref _current).Task.WaitAsync(stop)).WhenOverAsync();
    }

    private async Task<bool> TryAsync(ScheduledFault fault, CancellationToken stop)
    {
        // First, so that it is the one of this run.
        var left = Volatile.Read(ref _left).Task;
        var run = await Volatile.Read(ref _current).Task.WaitAsync(stop);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var due = fault.Step is { } step ? run.Progress.UntilStepAsync(step, giveUp.Token) : clock.UntilAsync(fault.At!.Value, giveUp.Token);
        if (await Task.WhenAny(due, left) == left)
        {
            await giveUp.CancelAsync();
            await due.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return false;
        }
        await due;
        if (await run.ApplyAsync(fault.Fault) is { } obstacle)
        {
            _leftOut.Add($"{fault.Fault}: {obstacle}");
            timeline.Say(run.Progress.Step, $"left out: {fault.Fault}: {obstacle}");
        }
        else
        {
            Done = [.. Done, fault.Fault];
        }
        return true;
    }
}
