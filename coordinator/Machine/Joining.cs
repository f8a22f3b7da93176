using Inception.Distributed.Jobs;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>Who may take part, and when there are enough.</summary>
internal static class Joining
{
    public static Decision OnJoined(RunState state, WorkerJoined joined)
    {
        if (state.Workers.Any(other => other.WorkerId == joined.WorkerId))
        {
            var reason = $"A worker with the id {joined.WorkerId} is connected already.";
            return Decision.To(state, reason, new Send(joined.Session, Messages.Refused(reason)));
        }
        var worker = new WorkerState(joined.Session, joined.WorkerId, joined.Host, joined.Device);
        return Decision.To(
            state with { Workers = state.Workers.Add(worker) },
            $"Worker {worker.Name} ({worker.Device}) has joined.",
            new Send(joined.Session, Messages.Welcome(state.Settings)));
    }

    public static Decision OnFingerprinted(RunState state, WorkerFingerprinted fingerprinted)
    {
        var worker = state.Find(fingerprinted.Session)!;
        if (worker.IsReady) return Decision.Ignore(state);
        if (state.Workers.FirstOrDefault(other => other.IsReady) is { } reference
            && Fingerprints.Difference(reference, fingerprinted.Fingerprint, state.Settings.Job.Reduction) is { } difference)
        {
            return Refuse(state, worker, difference);
        }
        try
        {
            state = state with { Plan = PlanFor(state.Settings, fingerprinted.Fingerprint) };
        }
        catch (UserErrorException error)
        {
            return Ending.Fail(state, error.Message, ExitCodes.UserError);
        }
        state = state with { Workers = state.Workers.Replace(worker, worker with { Fingerprint = fingerprinted.Fingerprint }) };
        return state.Phase is Waiting ? FormWhenEnough(state) : Decision.To(state, $"Worker {worker.Name} stands by as a spare.");
    }

    private static Decision Refuse(RunState state, WorkerState worker, string difference)
    {
        var reason = $"Worker {worker.Name} is refused: {difference}";
        return Decision.To(
            state with { Workers = state.Workers.Remove(worker) }, reason, new Send(worker.Session, Messages.Refused(reason)));
    }

    private static JobPlan PlanFor(RunSettings settings, Fingerprint fingerprint)
    {
        if (settings.Resume is { } resume && Fingerprints.Difference(resume, fingerprint) is { } difference)
            throw new UserErrorException("data.train", $"{difference}; resume with the same training set");
        return new JobPlan(settings.Job, fingerprint.TrainSamples, fingerprint.ValidationSamples);
    }

    private static Decision FormWhenEnough(RunState state)
    {
        var ready = state.Workers.Count(worker => worker.IsReady);
        var sentence = $"Workers ready: {ready} of {state.Settings.ExpectedWorkers}.";
        return ready < state.Settings.ExpectedWorkers ? Decision.To(state, sentence) : Formation.Begin(state, sentence);
    }
}
