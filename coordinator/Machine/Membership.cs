using System.Collections.Immutable;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>Who should take part, looked at anew after every event that bears on it.</summary>
internal static class Membership
{
    /// <summary>
    /// Brings about what the workers at hand call for: a generation in place of one that broke, or of enough workers; a yield for one who
    /// comes or goes. Nothing while workers are still to come back to a coordinator that was started anew.
    /// </summary>
    public static Decision Review(RunState state) => Departures.Release(state).Then(released =>
        !released.Awaited.IsEmpty ? Decision.To(released) : released.Phase switch
        {
            Active { Broken: { } cause } => Formation.Next(released, cause, afterLoss: true),
            Executing executing => Yielding.Review(released, executing),
            Waiting waiting => Formation.WhenEnough(released, waiting),
            _ => Decision.To(released), // A generation that is forming is let form.
        });

    /// <summary>At the end of an order: the next generation if membership changes, else the next order.</summary>
    public static Decision AtBorder(RunState state, Executing executing)
    {
        var generation = executing.Generation;
        if (state.StopReason is not null || !state.Awaited.IsEmpty) return Orders.GiveNext(state, generation, executing.Order.Id + 1);
        var isAsked = executing.Yielding is not null || generation.Members.Any(member => state.Find(member.WorkerId)?.Leaving is not null);
        var isJoined = !generation.HasMembers(Choose(state)) && state.Progress.Step < state.Plan!.TotalSteps;
        return (isAsked || isJoined) && !IsDeparting(state, generation)
            ? Formation.Next(state, Yielding.Because(state, executing), afterLoss: false)
            : Orders.GiveNext(state, generation, executing.Order.Id + 1);
    }

    /// <summary>
    /// The members of a next generation in the order of their ranks; none: there are too few. Those that hold the state come first, so they
    /// always take part. One that leaves takes part only as long as nobody else holds the state: to hand it over, or to save it. A run that is
    /// being stopped needs only those who hold the state.
    /// </summary>
    public static ImmutableArray<WorkerState> Choose(RunState state)
    {
        var present = InOrderOfRank(state, state.Workers.Where(worker => worker.CanWork)).ToList();
        var staying = present.Where(worker => worker.Leaving is null).ToList();
        var leavingHolders = present.Where(worker => worker.Leaving is not null && state.Holds(worker)).ToList();
        var (needed, most) = (Needed(state), state.Settings.MaxWorkers);
        if (state.StopReason is not null) return [.. present.Where(state.Holds).Take(most)];
        if (leavingHolders.Count == 0 || staying.Any(state.Holds)) return staying.Count >= needed ? [.. staying.Take(most)] : [];

        var canHandOver = staying.Count > 0 && most > 1 && staying.Count + 1 >= needed;
        return canHandOver ? [leavingHolders[0], .. staying.Take(most - 1)] : [.. leavingHolders.Take(most)];
    }

    /// <summary>All members leave and nobody can take the state over: it is saved, and they go.</summary>
    public static bool IsDeparting(RunState state, Generation generation) =>
        generation.Members.All(member => state.Find(member.WorkerId)?.Leaving is not null) && generation.HasMembers(Choose(state));

    /// <summary>How many workers a generation must have: as many as the run was told to expect, and later what the job asks for.</summary>
    public static int Needed(RunState state) =>
        FirstGeneration.IsDue(state) ? state.ExpectedWorkers : state.Settings.Job.Workers.Min;

    private static IOrderedEnumerable<WorkerState> InOrderOfRank(RunState state, IEnumerable<WorkerState> workers)
    {
        var generation = (state.Phase as Active)?.Generation;
        return workers.OrderBy(worker => state.Holds(worker) ? 0 : 1).ThenBy(worker => generation?.Find(worker.WorkerId)?.Rank ?? int.MaxValue);
    }
}
