namespace Inception.Distributed.Coordinator.Machine;

/// <summary>
/// Members are asked to complete their order early, at a step that they agree on, so that a worker may come in or go without anything being
/// computed twice. One who goes breaks off an evaluation too; one who comes waits for its end.
/// </summary>
internal static class Yielding
{
    /// <summary>Joiners that come within this time of the first one enter with it.</summary>
    public static readonly TimeSpan SettlingTime = TimeSpan.FromMilliseconds(300);

    public static Decision Review(RunState state, Executing executing)
    {
        if (state.StopReason is not null || executing.Yielding is not null || executing.Order.Kind is not (OrderKind.Train or OrderKind.Evaluate))
            return Decision.To(state);
        if (executing.Generation.Members.Any(member => state.Find(member.WorkerId)?.Leaving is not null)) return Ask(state, executing);
        return executing.Order.Kind == OrderKind.Train && !executing.Generation.HasMembers(Membership.Choose(state))
            ? Settle(state, settled => Ask(settled, executing))
            : Decision.To(state);
    }

    /// <summary>Goes on when no joiner has come for a moment, at once if that moment is over.</summary>
    public static Decision Settle(RunState state, Func<RunState, Decision> then)
    {
        if (state.Settling is { IsOver: true }) return then(state with { Settling = null });
        if (state.Settling is not null) return Decision.To(state);
        var ticket = state.LastTicket + 1;
        return Decision.To(
            state with { LastTicket = ticket, Settling = new Settling(ticket, IsOver: false) },
            null, new StartTimer(SettlingTime, new SettlingEnded(ticket)));
    }

    public static Decision OnSettlingEnded(RunState state, SettlingEnded ended) => state.Settling is { } settling && settling.Ticket == ended.Ticket
        ? Membership.Review(state with { Settling = settling with { IsOver = true } })
        : Decision.Ignore(state);

    /// <summary>Sentences on why an order is the last one of its generation.</summary>
    public static string Because(RunState state, Executing executing)
    {
        var generation = executing.Generation;
        var leaving = generation.Members.Where(member => state.Find(member.WorkerId)?.Leaving is not null)
            .Select(member => $"{Checkpointing.Capital(member.Title)} leaves: {state.Find(member.WorkerId)!.Leaving}.");
        var joining = Membership.Choose(state).Where(worker => generation.Find(worker.WorkerId) is null).Select(worker => worker.Name).ToList();
        var sentences = joining.Count == 0 ? leaving : leaving.Append($"{string.Join(", ", joining)} {(joining.Count == 1 ? "comes" : "come")} in.");
        var text = string.Join(' ', sentences);
        return text.Length > 0 ? text : "Membership was to change, and then did not.";
    }

    private static Decision Ask(RunState state, Executing executing)
    {
        var reason = Because(state, executing);
        return new Decision(
            state with { Phase = executing with { Yielding = reason } },
            [.. executing.Generation.ToAll(state, Messages.YieldRequested(executing.Generation.Number, reason))],
            $"{reason} Generation {executing.Generation.Number} ends after the step in flight.");
    }
}
