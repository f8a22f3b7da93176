using Inception.Distributed.Jobs;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>Members that keep the others waiting: named, and by policy let go.</summary>
internal static class Stragglers
{
    public static Decision OnFound(RunState state, StragglerFound found)
    {
        var worker = state.Find(found.Session)!;
        if (worker.Straggling is not null || worker.Leaving is not null) return Decision.Ignore(state);
        var what = FormattableString.Invariant(
            $"{found.Phase} takes it {found.Seconds / found.Usual:0.0} times as long as the others ({found.Seconds:0.###} s a micro-batch against {found.Usual:0.###} s)");
        var sentence = $"Worker {worker.Name} keeps the others waiting: {what}.";
        state = state.With(worker with { Straggling = what });
        if (state.Settings.Job.Workers.Stragglers.Policy != StragglersPolicy.Drain) return Decision.To(state, sentence);
        var (left, least) = (state.Workers.Count(other => other.CanWork && other.Leaving is null) - 1, Math.Max(1, state.Settings.Job.Workers.Min));
        return left >= least
            ? Decision.To(state, sentence).Then(next => Departures.OnDrainAsked(next, new DrainAsked(worker.WorkerId, "it keeps the others waiting")))
            : Decision.To(state, $"{sentence} It stays, since {Formation.Count(least, "worker")} must be left.");
    }

    public static Decision OnCaughtUp(RunState state, StragglerCaughtUp caughtUp)
    {
        var worker = state.Find(caughtUp.Session)!;
        return worker.Straggling is null
            ? Decision.Ignore(state)
            : Decision.To(state.With(worker with { Straggling = null }), $"Worker {worker.Name} keeps up with the others again.");
    }
}
