using System.Globalization;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>
/// What the end of a worker means. Survivors often notice it first, from the data plane, and can't tell whose end it was; so their
/// word counts as evidence, and the decision waits a moment for the session that ends.
/// </summary>
internal static class Losses
{
    /// <summary>How long a survivor's word waits for the culprit's session to end.</summary>
    public static readonly TimeSpan EvidenceWindow = TimeSpan.FromSeconds(2);

    public static Decision OnLost(RunState state, WorkerLost lost)
    {
        var worker = state.Find(lost.Session)!;
        state = state with { Workers = state.Workers.Remove(worker) };
        if (state.Phase is not Active active || active.Generation.Find(lost.Session) is not { } member)
            return Decision.To(state, $"Worker {worker.Name} has left: {lost.How}.");

        var activity = lost.Activity.Length == 0 ? "" : $" It was last known to be in {lost.Activity}.";
        return LoseGeneration(state, active,
            $"Lost {member.Title} in generation {active.Generation.Number} after step {Math.Max(lost.Step, state.Progress.Step)}: "
            + $"{lost.How}.{activity}",
            ExitCodes.Failed);
    }

    /// <summary>A worker that blames the user's input ends the run even before it is a member: on every other worker the input is the same.</summary>
    public static Decision OnFailed(RunState state, WorkerFailed failed)
    {
        var worker = state.Find(failed.Session)!;
        state = state with { Workers = state.Workers.Remove(worker) };
        if (state.Phase is Active active && active.Generation.Find(failed.Session) is { } member)
        {
            return LoseGeneration(state, active, $"{Capital(member.Title)} can't go on: {failed.Why}",
                failed.IsUserError ? ExitCodes.UserError : ExitCodes.Failed);
        }
        return failed.IsUserError && state.Phase is Waiting
            ? Ending.Fail(state, $"Worker {worker.Name} can't start: {failed.Why}", ExitCodes.UserError)
            : Decision.To(state, $"Worker {worker.Name} has left: {failed.Why}");
    }

    public static Decision OnFormingFailed(RunState state, FormingFailed failed) =>
        state.Phase is Active active ? AddEvidence(state, active, failed.Session, failed.Why) : Decision.Ignore(state);

    public static Decision OnPeerReported(RunState state, PeerReportedLost lost) =>
        state.Phase is Active active
            ? AddEvidence(state, active, lost.Session, $"a peer is gone after step {lost.Step}, during {lost.During} ({lost.Detail})")
            : Decision.Ignore(state);

    public static Decision OnEvidenceWindowClosed(RunState state, EvidenceWindowClosed closed) =>
        state.Phase is Active active && active.Generation.Number == closed.Generation
            ? LoseByEvidence(state, active)
            : Decision.Ignore(state);

    private static Decision AddEvidence(RunState state, Active active, SessionId session, string testimony)
    {
        if (active.Generation.Find(session) is not { } member || active.Evidence.ContainsKey(member.Rank)) return Decision.Ignore(state);
        active = active with { Evidence = active.Evidence.Add(member.Rank, testimony) };
        state = state with { Phase = active };
        var reason = $"{Capital(member.Title)} reports: {testimony}.";
        if (active.Evidence.Count == active.Generation.Members.Length) return LoseByEvidence(state, active);
        return active.Evidence.Count == 1
            ? Decision.To(state, reason, new StartTimer(EvidenceWindow, new EvidenceWindowClosed(active.Generation.Number)))
            : Decision.To(state, reason);
    }

    private static Decision LoseByEvidence(RunState state, Active active) => LoseGeneration(state, active,
        $"Generation {active.Generation.Number} broke after step {state.Progress.Step}, with every session still open: "
        + string.Join("; ", active.Evidence.Select(entry => $"rank {entry.Key}: {entry.Value}")) + ".",
        ExitCodes.Failed);

    /// <summary>The one place where a generation that lost a member is decided upon: the run ends, and its newest checkpoint is named.</summary>
    private static Decision LoseGeneration(RunState state, Active active, string cause, int exitCode)
    {
        var evidence = active.Evidence.IsEmpty ? "" : $" {active.Evidence.Count} of its peers noticed.";
        return Ending.Fail(state, $"{cause}{evidence} {Capital(Checkpointing.Newest(state))}", exitCode);
    }

    private static string Capital(string sentence) => char.ToUpper(sentence[0], CultureInfo.InvariantCulture) + sentence[1..];
}
