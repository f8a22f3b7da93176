using System.Globalization;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>
/// The coordinator was started anew, or a worker's connection was. Workers train on meanwhile; nothing about membership is decided until
/// all have come back, or have had the time in which a worker must give a sign of life.
/// </summary>
internal static class Reattachment
{
    public static Decision OnStarted(RunState state, CoordinatorStarted started)
    {
        state = state with
        {
            Epoch = started.Epoch,
            Workers = [.. state.Workers.Where(worker => worker.IsReady).Select(worker => worker with { Session = null })],
            Settling = null,
            FirstWait = null,
            Phase = state.Phase switch
            {
                Waiting waiting => waiting with { IsSearching = false },
                // The store's keys are gone.
                Forming { Broken: null } forming => forming with { Broken = $"The coordinator was started anew while generation {forming.Generation.Number} was forming." },
                _ => state.Phase,
            },
        };
        state = state with { Awaited = state.Awaited.Clear().Union(state.Workers.Select(worker => worker.WorkerId)) };
        if (started.Epoch == 1) return Decision.To(state);
        var sentence = $"The coordinator is back, as process {started.Epoch} of this run.";
        if (state.Awaited.IsEmpty) return Decision.To(state, sentence).Then(Membership.Review);
        var window = TimeSpan.FromSeconds(state.Settings.Job.Workers.Timeout);
        return new Decision(
            state, [new StartTimer(window, new ReattachmentClosed(started.Epoch)), .. Exclusions.Timers(state), .. state.Phase is Executing { Completed.IsEmpty: false } executing ? [Overdue.Timer(state, executing)] : Array.Empty<Effect>()],
            $"{sentence} {Formation.Count(state.Awaited.Count, "worker")} should come back within {Text(window)}.");
    }

    public static Decision OnClosed(RunState state, ReattachmentClosed closed)
    {
        if (closed.Epoch != state.Epoch || state.Awaited.IsEmpty) return Decision.Ignore(state);
        var window = TimeSpan.FromSeconds(state.Settings.Job.Workers.Timeout);
        var decision = Decision.To(state with { Awaited = state.Awaited.Clear() });
        foreach (var id in state.Awaited)
        {
            decision = decision.Then(next => Losses.Lose(
                next, next.Find(id)!, $"it did not come back within {Text(window)} of the coordinator's return", next.Progress.Step, ""));
        }
        return decision.Then(Membership.Review);
    }

    /// <summary>A known worker has a new connection. What it may have missed is said again.</summary>
    public static Decision OnReturned(RunState state, WorkerState worker, WorkerJoined joined)
    {
        if (joined.Standing?.HeldGeneration is { } held) worker = worker with { HeldGeneration = Math.Max(worker.HeldGeneration, held) };
        var wasAwaited = state.Awaited.Contains(worker.WorkerId);
        state = state.With(worker with { Session = joined.Session }) with { Awaited = state.Awaited.Remove(worker.WorkerId) };
        return new Decision(
            state,
            [new Send(joined.Session, Messages.Welcome(state, joined.LastSequence)), .. Repeated(state, worker, joined)],
            $"Worker {worker.Name} is back{(wasAwaited && state.Awaited.IsEmpty ? ", the last one" : "")}.");
    }

    private static IEnumerable<Effect> Repeated(RunState state, WorkerState worker, WorkerJoined joined)
    {
        if (worker.Exclusion is { HasAnswered: false } exclusion)
            yield return new Send(joined.Session, Messages.LeftOut(state.LastGeneration, exclusion.Ticket, exclusion.Why));
        if (state.Phase is not Active { Broken: null } active || active.Generation.Find(worker.WorkerId) is not { } member) yield break;
        var number = active.Generation.Number;
        if (joined.Standing is not { } standing || standing.Generation < number)
            yield return new Send(joined.Session, Messages.Assignment(active.Generation, member.Rank, "It may not have arrived the first time."));
        if (active is not Executing executing) yield break;
        yield return new Send(joined.Session, Messages.Order(state, number, executing.Order));
        if (executing.Yielding is { } reason) yield return new Send(joined.Session, Messages.YieldRequested(number, reason));
        if (state.StopReason is { } stop) yield return new Send(joined.Session, Messages.StopRequested(stop));
    }

    public static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");
}
