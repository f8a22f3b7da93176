using System.Collections.Immutable;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>From enough ready workers to a generation whose members stand at the same point.</summary>
internal static class Formation
{
    public static Decision Begin(RunState state, string because)
    {
        var settings = state.Settings;
        var workers = state.Workers.Where(worker => worker.IsReady).Take(settings.MaxWorkers).ToList();
        var generation = Generation.Of(
            state.LastGeneration + 1, workers, settings.Job.Batch.MicroBatches, settings.FirstStep, settings.Resume?.Directory ?? "");
        var reason = $"{because} Generation {generation.Number} is formed of {workers.Count} worker{(workers.Count == 1 ? "" : "s")}.";
        return new Decision(
            state with
            {
                LastGeneration = generation.Number,
                Phase = new Forming(generation, ImmutableSortedDictionary<int, FormedReport>.Empty),
            },
            [
                new RecordGeneration(generation),
                new OpenRendezvous(generation.Number),
                .. generation.Members.Select(member => new Send(member.Session, Messages.Assignment(generation, member.Rank, reason))),
            ],
            reason);
    }

    public static Decision OnFormed(RunState state, WorkerFormed formed)
    {
        if (state.Phase is not Forming forming || forming.Generation.Find(formed.Session) is not { } member) return Decision.Ignore(state);

        forming = forming with { Formed = forming.Formed.SetItem(member.Rank, new FormedReport(formed.Step, formed.StateSha256)) };
        state = state with { Phase = forming };
        if (forming.Formed.Count < forming.Generation.Members.Length) return Decision.To(state);

        if (Disagreement(forming) is { } disagreement) return Ending.Fail(state, disagreement);
        return Decision.To(state, $"Generation {forming.Generation.Number} stands at step {forming.Generation.FirstStep}.")
            .Then(next => Orders.GiveNext(next, forming.Generation, 1));
    }

    private static string? Disagreement(Forming forming)
    {
        var generation = forming.Generation;
        var astray = forming.Formed.Where(entry => entry.Value.Step != generation.FirstStep).ToList();
        if (astray.Count > 0)
        {
            return $"Generation {generation.Number} should start at step {generation.FirstStep}, but "
                + string.Join(", ", astray.Select(entry => $"rank {entry.Key} is at step {entry.Value.Step}")) + ".";
        }
        return Ranks.Disagree(forming.Formed, report => report.StateSha256) is { } difference
            ? $"The members of generation {generation.Number} do not start from the same state: {difference}."
            : null;
    }
}
