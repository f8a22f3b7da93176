using System.Collections.Immutable;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>
/// Workers whose processes live, and that their peers waited for in vain: their training thread hangs, or there is no way between them and
/// a peer. Generations are formed without them until they answer, and for a time that grows with every time that they were left out.
/// </summary>
internal static class Exclusions
{
    // Of the first time: 64 times workers.timeout at the most.
    private const int MostDoublings = 6;

    /// <summary>
    /// Whom the next generation leaves out, by what members say of each other. A member that others waited for, and that has complained of
    /// nobody itself, hangs. Where all who are accused complain too, some pair can't reach each other, and the coordinator can't know whose
    /// fault it is: the one goes that most complain of; of equals one that does not hold the state, then the highest rank.
    /// </summary>
    public static ImmutableArray<Member> Blamed(RunState state, Active active)
    {
        var complaints = active.Evidence.Values.SelectMany(testimony => testimony.Unheard.Distinct()).CountBy(rank => rank).ToDictionary();
        ImmutableArray<Member> accused = [.. active.Generation.Members.Where(member => complaints.ContainsKey(member.Rank))];
        ImmutableArray<Member> silent = [.. accused.Where(member => !active.Evidence.ContainsKey(member.Rank))];
        if (silent.Length > 0 || accused.Length == 0) return silent;
        return [accused.OrderByDescending(member => complaints[member.Rank])
            .ThenBy(member => state.Find(member.WorkerId) is { } worker && state.Holds(worker) ? 1 : 0).ThenByDescending(member => member.Rank).First()];
    }

    /// <summary>All but one have complained, and one of them of this one: there is nothing more to hear.</summary>
    public static bool IsClear(Active active) => active.Evidence.Count == active.Generation.Members.Length - 1
        && active.Generation.Members.Single(member => !active.Evidence.ContainsKey(member.Rank)) is var silent
        && active.Evidence.Values.Any(testimony => testimony.Unheard.Contains(silent.Rank));

    /// <summary>To be followed by a review.</summary>
    public static Decision LeaveOut(RunState state, Member member)
    {
        if (state.Find(member.WorkerId) is not { } worker) return Decision.To(state);
        var (ticket, delay) = (state.LastTicket + 1, Delay(state, worker.TimesLeftOut));
        var why = $"{Checkpointing.Capital(member.Title)} was waited for in vain, though it gives signs of life; it is left out for {Reattachment.Text(delay)} and until its training thread answers.";
        state = state.With(worker with { Exclusion = new Exclusion(ticket, why), TimesLeftOut = worker.TimesLeftOut + 1 }) with { LastTicket = ticket };
        var timer = new StartTimer(delay, new ReadmissionDue(worker.WorkerId, ticket));
        return worker.Session is { } session
            ? Decision.To(state, why, timer, new Send(session, Messages.LeftOut(state.LastGeneration, ticket, why)))
            : Decision.To(state, why, timer);
    }

    public static Decision OnAvailable(RunState state, WorkerAvailable available)
    {
        var worker = state.Find(available.Session)!;
        return worker.Exclusion is { HasAnswered: false } exclusion && exclusion.Ticket == available.Ticket
            ? Readmit(state, worker, exclusion with { HasAnswered = true })
            : Decision.Ignore(state);
    }

    public static Decision OnDue(RunState state, ReadmissionDue due) =>
        state.Find(due.WorkerId) is { Exclusion: { IsOver: false } exclusion } worker && exclusion.Ticket == due.Ticket
            ? Readmit(state, worker, exclusion with { IsOver = true })
            : Decision.Ignore(state);

    /// <summary>The timers of a coordinator that is gone are gone with it.</summary>
    public static IEnumerable<Effect> Timers(RunState state) => state.Workers.Where(worker => worker.Exclusion is { IsOver: false })
        .Select(worker => new StartTimer(Delay(state, worker.TimesLeftOut - 1), new ReadmissionDue(worker.WorkerId, worker.Exclusion!.Ticket)));

    private static Decision Readmit(RunState state, WorkerState worker, Exclusion exclusion)
    {
        if (exclusion is { HasAnswered: true, IsOver: true })
            return Decision.To(state.With(worker with { Exclusion = null }), $"Worker {worker.Name} answers, and may take part again.").Then(Membership.Review);
        var sentence = exclusion.IsOver ? $"Worker {worker.Name} does not answer yet, and stays out until it does." : $"Worker {worker.Name} answers again.";
        return Decision.To(state.With(worker with { Exclusion = exclusion }), sentence);
    }

    private static TimeSpan Delay(RunState state, int times) =>
        TimeSpan.FromSeconds(state.Settings.Job.Workers.Timeout * (1 << Math.Min(times, MostDoublings)));
}
