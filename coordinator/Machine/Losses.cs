using System.Collections.Immutable;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>
/// What the end of a worker means. Survivors often notice it first, from the data plane, and can't tell whose end it was; so their
/// word counts as evidence, and the decision waits a moment for the session that ends.
/// </summary>
internal static class Losses
{
    /// <summary>How long a survivor's word waits for the culprit's session to end.</summary>
    public static readonly TimeSpan EvidenceWindow = TimeSpan.FromSeconds(2);

    public static Decision OnLost(RunState state, WorkerLost lost) =>
        Lose(state, state.Find(lost.Session)!, lost.How, lost.Step, lost.Activity).Then(Membership.Review);

    /// <summary>A worker that blames the user's input ends the run even before it is a member: on every other worker the input is the same.</summary>
    public static Decision OnFailed(RunState state, WorkerFailed failed)
    {
        var worker = state.Find(failed.Session)!;
        var member = (state.Phase as Active)?.Generation.Find(worker.WorkerId);
        if (failed.IsUserError && member is not null)
            return Ending.Fail(state.Without(worker), $"{Checkpointing.Capital(member.Title)} can't go on: {failed.Why}", ExitCodes.UserError);
        if (failed.IsUserError && state.LastWhole == 0 && state.Phase is Waiting)
            return Ending.Fail(state.Without(worker), $"Worker {worker.Name} can't start: {failed.Why}", ExitCodes.UserError);
        return Remove(state, worker, member is null
            ? $"Worker {worker.Name} has left: {failed.Why}"
            : $"{Checkpointing.Capital(member.Title)} can't go on: {failed.Why}").Then(Membership.Review);
    }

    public static Decision OnFormingFailed(RunState state, FormingFailed failed) =>
        state.Phase is Active active ? AddEvidence(state, active, failed.Session, failed.Why, failed.Unheard) : Decision.Ignore(state);

    public static Decision OnPeerReported(RunState state, PeerReportedLost lost) =>
        state.Phase is Active active
            ? AddEvidence(state, active, lost.Session, $"a peer is gone after step {lost.Step}, during {lost.During} ({lost.Detail})", lost.Unheard)
            : Decision.Ignore(state);

    public static Decision OnEvidenceWindowClosed(RunState state, EvidenceWindowClosed closed) =>
        state.Phase is Active active && active.Generation.Number == closed.Generation
            ? BreakByEvidence(state, active).Then(Membership.Review)
            : Decision.Ignore(state);

    /// <summary>Takes a worker out, and says what was last known of it. To be followed by a review.</summary>
    public static Decision Lose(RunState state, WorkerState worker, string how, long step, string activity)
    {
        if (state.Phase is not Active active || active.Generation.Find(worker.WorkerId) is not { } member)
            return Remove(state, worker, $"Worker {worker.Name} has left: {how}.");
        var doing = activity.Length == 0 ? "" : $" It was last known to be in {activity}.";
        return Remove(state, worker,
            $"Lost {member.Title} in generation {active.Generation.Number} after step {Math.Max(step, state.Progress.Step)}: {how}.{doing}");
    }

    private static Decision Remove(RunState state, WorkerState worker, string sentence)
    {
        var isMember = (state.Phase as Active)?.Generation.Find(worker.WorkerId) is not null;
        state = Checkpointing.LoseWriter(FirstGeneration.Lose(state.Without(worker), worker), worker.WorkerId);
        return isMember ? Break(state, (Active)state.Phase, sentence) : Decision.To(state, sentence);
    }

    private static Decision AddEvidence(RunState state, Active active, SessionId session, string testimony, IReadOnlyList<int>? unheard)
    {
        if (active.Generation.Find(state, session) is not { } member || active.Broken is not null || active.Evidence.ContainsKey(member.Rank))
            return Decision.Ignore(state);
        active = active with { Evidence = active.Evidence.Add(member.Rank, new Testimony(testimony, [.. unheard ?? []])) };
        state = state with { Phase = active };
        if (active.Evidence.Count == active.Generation.Members.Length || (active is Executing && Exclusions.IsClear(active)))
            return BreakByEvidence(state, active).Then(Membership.Review);
        var reason = $"{Checkpointing.Capital(member.Title)} reports: {testimony}.";
        return active.Evidence.Count == 1
            ? Decision.To(state, reason, new StartTimer(EvidenceWindow, new EvidenceWindowClosed(active.Generation.Number)))
            : Decision.To(state, reason);
    }

    private static Decision BreakByEvidence(RunState state, Active active)
    {
        if (active.Broken is not null) return Decision.Ignore(state);
        return BreakWithout(state, active, Exclusions.Blamed(state, active),
            $"Generation {active.Generation.Number} broke after step {state.Progress.Step}, with every session still open: "
            + string.Join("; ", active.Evidence.Select(entry => $"rank {entry.Key}: {entry.Value.Text}")) + ".");
    }

    /// <summary>Some members are to be left out of the generations to come. To be followed by a review.</summary>
    public static Decision BreakWithout(RunState state, Active active, ImmutableArray<Member> blamed, string cause) => blamed.Aggregate(
        Break(state, active with { Evidence = active.Evidence.Clear() }, cause), (decision, member) => decision.Then(next => Exclude(next, member)));

    // The next generation's sentence says it all.
    private static Decision Exclude(RunState state, Member member)
    {
        var decision = Exclusions.LeaveOut(state, member);
        return decision.State.Phase is Active { Broken: { } cause } active && decision.Reason is { } reason && state.Awaited.IsEmpty
            ? decision with { State = decision.State with { Phase = active with { Broken = $"{cause} {reason}" } }, Reason = null }
            : decision;
    }

    /// <summary>
    /// The one place where a generation ends because it can't go on. The next one takes its place by <see cref="Membership.Review"/>, whose
    /// sentence this one begins; while workers are awaited, it is only noted.
    /// </summary>
    private static Decision Break(RunState state, Active active, string cause)
    {
        var noticed = active.Evidence.IsEmpty ? "" : $" {active.Evidence.Count} of its peers noticed.";
        var broken = active.Broken is null ? cause + noticed : $"{active.Broken} {cause}";
        return Decision.To(
            Checkpointing.Abandon(state, active) with { Phase = active with { Broken = broken } }, state.Awaited.IsEmpty ? null : cause);
    }
}
