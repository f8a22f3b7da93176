using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>
/// What a run does, as its files tell it the moment it happens: steps from log.jsonl, generations from what the coordinator says. (The
/// operator's stream of states is held back to ten a second, too coarse for recoveries.)
/// </summary>
internal sealed partial class RunProgress : IDisposable
{
    private readonly TimeProvider _time;
    private readonly FileTail _steps;
    private readonly FileTail _coordinator;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="meter">Hears of steps and generations, with the moment.</param>
    public RunProgress(string directory, string coordinatorLog, RecoveryMeter meter, TimeProvider time)
    {
        _time = time;
        LastChange = time.GetTimestamp();
        _coordinator = new FileTail(coordinatorLog, line =>
        {
            if (Stands().Match(line) is not { Success: true } match) return;
            meter.Stood(Number(match.Groups[1]), Number(match.Groups[2]), _time.GetTimestamp());
            Changed();
        });
        _steps = new FileTail(Path.Combine(directory, "log.jsonl"), line =>
        {
            if (StepOf(line) is not { } step) return;
            Step = step;
            meter.Applied(step, _time.GetTimestamp());
            _started.TrySetResult();
            Changed();
        });
    }

    /// <summary>Newest applied step.</summary>
    public long Step { get; private set; }

    /// <summary>When something happened last.</summary>
    public long LastChange { get; private set; }

    /// <summary>The first step was applied.</summary>
    public Task Started => _started.Task;

    public async Task UntilStepAsync(long step, CancellationToken cancellationToken)
    {
        for (var change = Volatile.Read(ref _change).Task; Step < step; change = Volatile.Read(ref _change).Task) await change.WaitAsync(cancellationToken);
    }

    /// <summary>Takes what was written last.</summary>
    public void Finish()
    {
        _coordinator.Read();
        _steps.Read();
    }

    public void Dispose()
    {
        _steps.Dispose();
        _coordinator.Dispose();
    }

    private void Changed()
    {
        LastChange = _time.GetTimestamp();
        Interlocked.Exchange(ref _change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    // A line that was cut off while it was read is none.
    private static long? StepOf(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.TryGetProperty("step", out var step) ? step.GetInt64() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static long Number(Group group) => long.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("Generation ([0-9]+) stands at step ([0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Stands();
}
