using System.Collections.Immutable;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>Workers that go in order: they work on until the next step border, and until nothing is lost with them.</summary>
internal static class Departures
{
    public static Decision OnLeaving(RunState state, WorkerLeaving leaving) => Leave(state, state.Find(leaving.Session)!, leaving.Why);

    public static Decision OnDrainAsked(RunState state, DrainAsked asked) =>
        state.Find(asked.WorkerId) is { } worker ? Leave(state, worker, asked.Why) : Decision.Ignore(state);

    /// <summary>Lets go whoever leaves and has nothing more to do.</summary>
    public static Decision Release(RunState state)
    {
        var free = state.Workers.Where(worker => worker is { Leaving: not null, Session: not null } && MayGo(state, worker)).ToList();
        if (free.Count == 0) return Decision.To(state);
        return new Decision(
            state with { Workers = state.Workers.RemoveRange(free), Awaited = state.Awaited.Except(free.Select(worker => worker.WorkerId)) },
            [.. free.Select(worker => new Send(worker.Session!.Value, Messages.Drained(worker.Leaving!)))],
            string.Join(' ', free.Select(worker => $"Worker {worker.Name} has left: {worker.Leaving}.")));
    }

    /// <summary>All members leave, and what they hold is saved: they hold nothing any more that somebody would miss.</summary>
    public static Decision Conclude(RunState state, Executing executing)
    {
        ImmutableArray<WorkerState> workers =
            [.. state.Workers.Select(worker => worker.Leaving is not null ? worker with { HeldGeneration = 0 } : worker)];
        var step = executing.Completed.Values.First().Step;
        var unsaved = Checkpointing.Failure(state, step) is { } failure ? $" The state after it is not saved: {failure}" : "";
        return Formation.Next(
            state with { Workers = workers }, $"The last workers leave at step {step}.{unsaved} {Checkpointing.Capital(Checkpointing.Newest(state))}", afterLoss: false);
    }

    private static Decision Leave(RunState state, WorkerState worker, string why)
    {
        if (worker.Leaving is not null) return Decision.Ignore(state);
        return Decision.To(state.With(worker with { Leaving = why }), $"Worker {worker.Name} is to leave: {why}.").Then(Membership.Review);
    }

    // Neither a member, nor writing a checkpoint, nor the only one who holds the state.
    private static bool MayGo(RunState state, WorkerState worker) =>
        (state.Phase as Active)?.Generation.Find(worker.WorkerId) is null
        && !state.CheckpointsInFlight.ContainsValue(worker.WorkerId)
        && (!state.Holds(worker) || (state.Phase is not Forming && state.Workers.Any(other => other.Leaving is null && state.Holds(other))));
}
