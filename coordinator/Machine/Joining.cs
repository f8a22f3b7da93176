using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>Who may take part.</summary>
internal static class Joining
{
    public static Decision OnJoined(RunState state, WorkerJoined joined)
    {
        state = state with { LastSession = Math.Max(state.LastSession, joined.Session.Value) };
        if (state.Find(joined.WorkerId) is not { } known) return Welcome(state, joined);
        if (joined.Standing is not null || !known.IsReady)
            return Reattachment.OnReturned(state, known, joined).Then(next => TakeFingerprint(next, joined)).Then(Membership.Review);
        if (known.Session is not null)
        {
            var reason = $"A worker with the id {joined.WorkerId} is connected already.";
            return Decision.To(state, reason, new Send(joined.Session, Messages.Refused(reason)));
        }
        // Awaited, but this is another process.
        return Losses.Lose(state, known, "another process has come under its id", state.Progress.Step, "").Then(next => Welcome(next, joined));
    }

    public static Decision OnFingerprinted(RunState state, WorkerFingerprinted fingerprinted)
    {
        var worker = state.Find(fingerprinted.Session)!;
        if (worker.IsReady) return Decision.Ignore(state);
        if (Fingerprints.Difference(state, fingerprinted.Fingerprint) is { } difference) return Refuse(state, worker, difference);
        try
        {
            state = state with { Plan = PlanFor(state.Settings, fingerprinted.Fingerprint) };
        }
        catch (UserErrorException error)
        {
            return Ending.Fail(state, error.Message, ExitCodes.UserError);
        }
        state = state.With(worker with { Fingerprint = fingerprinted.Fingerprint });
        var decision = Membership.Review(state);
        return decision.Reason is not null ? decision : decision with { Reason = Sentence(decision.State, worker) };
    }

    public static Decision OnExpected(RunState state, WorkersExpected expected) => expected.Workers >= state.ExpectedWorkers
        ? Decision.Ignore(state)
        : Decision.To(state with { ExpectedWorkers = expected.Workers }).Then(Membership.Review);

    private static Decision Welcome(RunState state, WorkerJoined joined)
    {
        var worker = new WorkerState(joined.WorkerId, joined.Host, joined.Device)
        {
            Session = joined.Session,
            HeldGeneration = joined.Standing?.HeldGeneration ?? 0,
        };
        return Decision.To(
            state with { Workers = state.Workers.Add(worker) },
            $"Worker {worker.Name} ({worker.Device}) has joined.",
            new Send(joined.Session, Messages.Welcome(state, joined.LastSequence))).Then(next => TakeFingerprint(next, joined));
    }

    private static Decision TakeFingerprint(RunState state, WorkerJoined joined) => joined.Standing?.Fingerprint is { } fingerprint
        ? OnFingerprinted(state, new WorkerFingerprinted(joined.Session, fingerprint))
        : Decision.To(state);

    private static string Sentence(RunState state, WorkerState worker) => state.Phase switch
    {
        Waiting => $"Workers ready: {state.Workers.Count(other => other.CanWork)} of {Membership.Needed(state)}.",
        Active active when active.Generation.Members.Length < state.Settings.MaxWorkers => $"Worker {worker.Name} is ready and comes in at the next border.",
        _ => $"Worker {worker.Name} stands by as a spare.",
    };

    private static Decision Refuse(RunState state, WorkerState worker, string difference)
    {
        var reason = $"Worker {worker.Name} is refused: {difference}";
        return Decision.To(state.Without(worker), reason, new Send(worker.Session!.Value, Messages.Refused(reason)));
    }

    private static JobPlan PlanFor(RunSettings settings, Fingerprint fingerprint)
    {
        if (settings.Resume is { } resume && Fingerprints.Difference(resume, fingerprint) is { } difference)
            throw new UserErrorException("data.train", $"{difference}; resume with the same training set");
        var (sizes, sources) = (fingerprint.SourceSizes, settings.Job.Data.Train);
        return sizes.Count == 1 ? new JobPlan(settings.Job, fingerprint.TrainSamples, fingerprint.ValidationSamples)
            : new JobPlan(settings.Job, new SampleSources([.. sizes.Zip(sources, (size, source) => new SourceShare(size, source.Weight))]), fingerprint.ValidationSamples);
    }
}
