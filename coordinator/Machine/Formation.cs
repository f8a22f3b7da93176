using System.Collections.Immutable;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>From enough ready workers to a generation whose members stand at the same point with the same state.</summary>
internal static class Formation
{
    /// <summary>
    /// Generations in a row without a step between them that the run puts up with. One that begins with fewer workers at hand than the one
    /// before does not count: many may die within a moment, but not more than there are, whereas a crash loop needs workers that come anew.
    /// </summary>
    public const int MostFruitless = 20;

    /// <summary>The next generation, or, if too few workers are there, waiting for them.</summary>
    /// <param name="because">Sentences on why the present one ends.</param>
    public static Decision Next(RunState state, string because, bool afterLoss)
    {
        var workers = Membership.Choose(state);
        return workers.IsEmpty || MustSearch(state) ? Wait(state, because) : Begin(state, workers, because, afterLoss);
    }

    /// <summary>While waiting: forms a generation once there are enough; the run's first one at once, others when joiners had a moment to settle.</summary>
    public static Decision WhenEnough(RunState state, Waiting waiting)
    {
        if (MustSearch(state))
        {
            // What is being written may be what the run goes back to.
            return waiting.IsSearching || (state.GoingBackTo is not null && !state.CheckpointsInFlight.IsEmpty) || !state.Workers.Any(worker => worker.CanWork)
                ? Decision.To(state)
                : Decision.To(state with { Phase = waiting with { IsSearching = true } }, null, new FindCheckpoint());
        }
        var workers = Membership.Choose(state);
        if (workers.IsEmpty) return FirstGeneration.WaitForMore(state);
        return FirstGeneration.IsDue(state) || workers.Length == state.Settings.MaxWorkers || workers.Any(worker => worker.Leaving is not null) || state.StopReason is not null
            ? Begin(state, workers, Ready(state), afterLoss: false)
            : Yielding.Settle(state, settled => Begin(settled, Membership.Choose(settled), Ready(settled), afterLoss: false));
    }

    public static Decision OnFormed(RunState state, WorkerFormed formed)
    {
        if (state.Phase is not Forming { Broken: null } forming || forming.Generation.Find(state, formed.Session) is not { } member)
            return Decision.Ignore(state);

        forming = forming with
        {
            Formed = forming.Formed.SetItem(
                member.Rank, new FormedReport(formed.Step, formed.StateSha256, formed.SourceRank, formed.KeptMicroBatches)),
        };
        // From now on its state is the run's, even if this generation should break before it is whole.
        var held = IsStateLost(forming.Generation, formed.SourceRank) ? 0 : forming.Generation.Number;
        state = state.With(state.Find(formed.Session)! with { HeldGeneration = held }) with { Phase = forming };
        return forming.Formed.Count < forming.Generation.Members.Length ? Decision.To(state) : Conclude(state, forming);
    }

    /// <summary>What a waiting run waits for, as a clause.</summary>
    public static string WaitsFor(RunState state)
    {
        if (!state.Awaited.IsEmpty) return $"{string.Join(", ", state.Awaited)} to come back";
        if (state.GoingBackTo is not null && !state.CheckpointsInFlight.IsEmpty)
            return $"the checkpoint of step {state.CheckpointsInFlight.Keys.Last()} to be written";
        if (state.Phase is Waiting { IsSearching: true }) return "the search for the newest whole checkpoint";
        var (ready, needed) = (state.Workers.Count(worker => worker.CanWork && worker.Leaving is null), Membership.Needed(state));
        var leftOut = state.Workers.Where(worker => worker.Exclusion is not null).Select(worker => worker.Name).ToList();
        var without = leftOut.Count == 0 ? "" : $" ({string.Join(", ", leftOut)} left out for a while)";
        return ready >= needed ? "joiners that come together" : $"{Count(needed - ready, ready == 0 ? "worker" : "more worker")}, {ready} of {needed} ready{without}";
    }

    public static string Count(long count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static Decision Begin(RunState state, ImmutableArray<WorkerState> workers, string because, bool afterLoss)
    {
        var atHand = state.Workers.Count(worker => worker.CanWork);
        var isFewer = atHand < state.WorkersAtHand;
        if (state.Fruitless == MostFruitless && !isFewer)
        {
            return Ending.Fail(state,
                $"{MostFruitless} generations in a row came to no further step, so the run ends instead of trying on. The last one: {because} "
                + Checkpointing.Capital(Checkpointing.Newest(state)));
        }
        var generation = Generation.Of(state, workers);
        var reason = $"{because} Generation {generation.Number} is formed of {Count(workers.Length, "worker")}.";
        return new Decision(
            state with
            {
                LastGeneration = generation.Number,
                Phase = new Forming(generation, ImmutableSortedDictionary<int, FormedReport>.Empty),
                Settling = null,
                FirstWait = null,
                Fruitless = state.Fruitless + (isFewer ? 0 : 1),
                WorkersAtHand = atHand,
            },
            [
                new RecordGeneration(generation, afterLoss),
                new OpenRendezvous(generation.Number),
                .. generation.Members.Select(member =>
                    new Send(state.Find(member.WorkerId)!.Session!.Value, Messages.Assignment(generation, member.Rank, reason))),
            ],
            reason);
    }

    private static Decision Wait(RunState state, string because)
    {
        if (state.StopReason is not null && !state.Workers.Any(state.Holds))
            return Ending.Fail(state, $"{because} No worker is left to save the run that was being stopped. {Checkpointing.Capital(Checkpointing.Newest(state))}");
        state = state with { Phase = new Waiting(), Settling = null };
        return Decision.To(state, $"{because} Waiting for {WaitsFor(state)}.").Then(Membership.Review);
    }

    // Nobody holds the state, and training went past the point at which it started.
    private static bool MustSearch(RunState state) => state.Start is null && !state.Workers.Any(worker => worker.CanWork && state.Holds(worker));

    private static string Ready(RunState state)
    {
        var ready = state.Workers.Count(worker => worker.CanWork);
        return $"Workers ready: {ready} of {Math.Max(ready, Membership.Needed(state))}.";
    }

    private static Decision Conclude(RunState state, Forming forming)
    {
        var (generation, formed) = (forming.Generation, forming.Formed);
        if (formed.Values.All(report => IsStateLost(generation, report.SourceRank))) return LoseState(state, generation);
        if (Disagreement(generation, formed) is { } disagreement) return Ending.Fail(state, disagreement);
        var (step, kept) = (formed.Values.First().Step, formed.Values.First().KeptMicroBatches);
        var isRollback = state.GoingBackTo is not null;
        state = state with
        {
            LastWhole = generation.Number,
            Start = null,
            GoingBackTo = null,
            Measure = state.Measure ?? new Measure(generation.Members[0].Name, state.Find(generation.Members[0].WorkerId)!.Fingerprint!),
            Progress = generation.HasHolder ? Checkpointing.ProgressAt(state, step) : Progress.At(step) with { EvaluatedStep = Math.Min(state.Progress.EvaluatedStep, step) },
            CheckpointsInFlight = generation.HasHolder ? state.CheckpointsInFlight : state.CheckpointsInFlight.Clear(),
            Fruitless = step > state.Progress.Step ? 0 : state.Fruitless,
            KeptMicroBatches = state.KeptMicroBatches + kept,
        };
        return Decision.To(state, $"Generation {generation.Number} stands at step {step}{Took(generation, formed)}.", new Stand(generation.Number, step, isRollback))
            .Then(next => Orders.GiveNext(next, generation, 1));
    }

    // Members held the state, the coordinator thought, but it was being overwritten by a source that died meanwhile.
    private static bool IsStateLost(Generation generation, int sourceRank) => generation.HasHolder && sourceRank < 0;

    /// <summary>The next generation starts from a checkpoint. What its members were at in this one counts for nothing.</summary>
    private static Decision LoseState(RunState state, Generation generation) => Next(
        state with
        {
            LastWhole = generation.Number + 1,
            Start = null,
            Workers = [.. state.Workers.Select(worker => worker with { HeldGeneration = 0 })],
        },
        $"No member of generation {generation.Number} holds the state of the run any more: the last source was lost while it handed it over.",
        afterLoss: true);

    private static string Took(Generation generation, ImmutableSortedDictionary<int, FormedReport> formed)
    {
        var (source, kept) = (formed.Values.First().SourceRank, formed.Values.First().KeptMicroBatches);
        var taken = source >= 0 && generation.HasHolder && generation.Members.Any(member => !member.HoldsState) ? $", with the state of rank {source}" : "";
        return kept > 0 ? $"{taken}, {Count(kept, "micro-batch").Replace("batchs", "batches", StringComparison.Ordinal)} of the next one kept" : taken;
    }

    private static string? Disagreement(Generation generation, ImmutableSortedDictionary<int, FormedReport> formed)
    {
        var astray = formed.Where(entry => generation.HasHolder ? entry.Value.Step < generation.Step : entry.Value.Step != generation.Step).ToList();
        if (astray.Count > 0)
        {
            return $"Generation {generation.Number} should start at step {generation.Step}{(generation.HasHolder ? " or a later one" : "")}, but "
                + string.Join(", ", astray.Select(entry => $"rank {entry.Key} is at step {entry.Value.Step}")) + ".";
        }
        return (Ranks.Disagree(formed, report => $"step {report.Step}") ?? Ranks.Disagree(formed, report => report.StateSha256)) is { } difference
            ? $"The members of generation {generation.Number} do not start from the same state: {difference}."
            : null;
    }
}
