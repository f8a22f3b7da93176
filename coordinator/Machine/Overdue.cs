using System.Collections.Immutable;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>
/// A thread that hangs where its peers do not wait for it, in an evaluation or at the end of an order, is complained of by nobody: all others
/// wait for the next order. So whoever is far behind the first one that completed an order is taken for hanging.
/// </summary>
internal static class Overdue
{
    // As long as a member waits for another one's message while training.
    private const double Timeouts = 6;

    // Ranks evaluate shares of a size; one of a slower device may take longer, but not that much.
    private const double EvaluationTimes = 3;

    /// <summary>To be started when the first member has completed an order.</summary>
    public static StartTimer Timer(RunState state, Executing executing)
    {
        var evaluation = executing.Order.Kind == OrderKind.Evaluate ? EvaluationTimes * executing.EvaluationSeconds : 0;
        var patience = TimeSpan.FromSeconds(Math.Max(Timeouts * state.Settings.Job.Workers.Timeout, evaluation));
        return new StartTimer(patience, new OrderOverdue(executing.Generation.Number, executing.Order.Id));
    }

    public static Decision OnOverdue(RunState state, OrderOverdue overdue)
    {
        if (state.Phase is not Executing { Broken: null } executing || executing.Generation.Number != overdue.Generation || executing.Order.Id != overdue.OrderId)
            return Decision.Ignore(state);
        // The last order waits for a checkpoint to be on the disk, however long that takes.
        ImmutableArray<Member> late = [.. executing.Generation.Members.Where(member =>
            !executing.Completed.ContainsKey(member.Rank) && !state.CheckpointsInFlight.ContainsValue(member.WorkerId))];
        return late.IsEmpty
            ? Decision.To(state, null, Timer(state, executing))
            : Losses.BreakWithout(state, executing, late, $"{Formation.Count(executing.Completed.Count, "member")} of generation {overdue.Generation} "
                + $"completed {Orders.Describe(executing.Order)} long ago, and {string.Join(", ", late.Select(member => member.Title))} did not.").Then(Membership.Review);
    }
}
