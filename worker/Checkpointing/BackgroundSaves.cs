using Inception.Distributed.Checkpoints;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Worker.Session;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker.Checkpointing;

/// <param name="Step">Applied steps.</param>
internal readonly record struct SaveTarget(string Directory, long Step, long Generation);

/// <summary>
/// One save at a time beside the training thread, whatever the disk does. A failure is reported and tried again after a while, unless the
/// next save is due by then, which is worth more. A disk that is slow costs checkpoints, not training: see <see cref="MakeWay"/>.
/// </summary>
internal sealed class BackgroundSaves(CheckpointSpec policy, IOutbox outbox, TimeProvider time, ILogger log)
{
    /// <summary>How long training stands still, at most, for a save that is not done when the next one is due.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(60);

    private Save? _save;

    /// <summary>Nothing is being written.</summary>
    public bool IsIdle => _save is null or { Task.IsCompleted: true };

    /// <summary>
    /// Call it before <see cref="Start"/>. One that waits to be tried again is given up; one that is being written is waited for: up to
    /// <see cref="Patience"/> in all, or if the next one must be written, as long as <see cref="CheckpointSpec.Timeout"/> allows.
    /// </summary>
    /// <returns>False: it is not done, so the next one is left out, which has been reported.</returns>
    public bool MakeWay(SaveTarget next, bool isRequired)
    {
        if (UnderWay() is not { } save) return true;
        save.GiveWay.Cancel();
        var began = time.GetTimestamp();
        var isDone = Wait(save, isRequired ? TimeSpan.FromSeconds(policy.Timeout) - time.GetElapsedTime(save.Started) : Patience - save.WaitedFor);
        save.WaitedFor += time.GetElapsedTime(began);
        if (isDone) return true;
        Fail(next, FormattableString.Invariant(
            $"The save of step {save.Target.Step} is not done after {time.GetElapsedTime(save.Started).TotalSeconds:0} s, so this one is left out."));
        return false;
    }

    /// <param name="write">Called on another thread, once for each try.</param>
    public void Start(SaveTarget target, Func<CommittedCheckpoint> write)
    {
        if (!IsIdle) throw new InvalidOperationException("a save is under way");
        var save = new Save(target, time.GetTimestamp());
        save.Task = Task.Factory.StartNew(() => Run(save, write), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _save = save;
    }

    /// <summary>Waits for the save under way with all its tries, but no longer than <see cref="CheckpointSpec.Timeout"/> allows.</summary>
    public void Flush()
    {
        if (UnderWay() is not { } save) return;
        if (!Wait(save, TimeSpan.FromSeconds(policy.Timeout) - time.GetElapsedTime(save.Started)))
            Fail(save.Target, FormattableString.Invariant($"It is not done after {policy.Timeout:0.###} s (checkpoint.timeout), and is waited for no longer."));
    }

    /// <summary>Throws what a save threw that no disk is to blame for.</summary>
    private Save? UnderWay()
    {
        if (_save is not { Task.IsCompleted: true } done) return _save;
        done.Task.GetAwaiter().GetResult();
        return null;
    }

    private void Run(Save save, Func<CommittedCheckpoint> write)
    {
        BackgroundPriority.Take(log);
        var delay = TimeSpan.FromSeconds(policy.RetryDelay);
        for (var retriesLeft = policy.Retries; ; retriesLeft--)
        {
            try
            {
                var began = time.GetTimestamp();
                var committed = write();
                Succeed(save.Target, committed, time.GetElapsedTime(began).TotalSeconds);
                return;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                var why = exception.Message.TrimEnd('.') + ".";
                if (retriesLeft <= 0 || save.GiveWay.IsCancellationRequested)
                {
                    Fail(save.Target, why);
                    return;
                }

                log.CheckpointRetried(save.Target.Directory, why, delay.TotalSeconds);
                Report(save.Target, new CheckpointReport { Error = why, RetryIn = Math.Max(delay.TotalSeconds, double.Epsilon) });
                if (!Pause(delay, save.GiveWay.Token))
                {
                    Fail(save.Target, $"{why} The next one is due, so it is not tried again.");
                    return;
                }

                delay = TimeSpan.FromTicks(Math.Min(2 * delay.Ticks, Math.Max(delay.Ticks, LongestDelay.Ticks)));
            }
        }
    }

    private void Succeed(SaveTarget target, CommittedCheckpoint committed, double seconds)
    {
        log.CheckpointWritten(target.Directory, committed.Bytes / 1e6, seconds);
        Report(target, new CheckpointReport { ManifestSha256 = committed.ManifestSha256, Bytes = committed.Bytes, Seconds = seconds });
    }

    private void Fail(SaveTarget target, string why)
    {
        log.CheckpointFailed(target.Directory, why);
        Report(target, new CheckpointReport { Error = why });
    }

    private void Report(SaveTarget target, CheckpointReport report)
    {
        (report.Generation, report.Step, report.Directory) = (target.Generation, target.Step, target.Directory);
        outbox.Send(new WorkerMessage { CheckpointReport = report });
    }

    private bool Wait(Save save, TimeSpan limit)
    {
        try
        {
            save.Task.WaitAsync(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, time).GetAwaiter().GetResult();
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private bool Pause(TimeSpan delay, CancellationToken giveWay)
    {
        try
        {
            Task.Delay(delay, time, giveWay).GetAwaiter().GetResult();
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <param name="Started">Timestamp.</param>
    private sealed record Save(SaveTarget Target, long Started)
    {
        /// <summary>Cancelled: no further try.</summary>
        public CancellationTokenSource GiveWay { get; } = new();

        public Task Task { get; set; } = Task.CompletedTask;

        /// <summary>By the training thread.</summary>
        public TimeSpan WaitedFor { get; set; }
    }
}
