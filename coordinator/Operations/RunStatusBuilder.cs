using Inception.Distributed.Coordinator.Loop;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Output;
using Inception.Distributed.Coordinator.Sessions;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Operations;

/// <summary>The run as operators see it: the state machine's state with what sessions and steps have told since.</summary>
internal sealed class RunStatusBuilder(
    RunSettings settings, StateFeed feed, SessionRegistry sessions, StepLog steps, RunDirectory directory, TimeProvider time)
{
    private const int NoRank = -1;

    public RunStatus Build()
    {
        var snapshot = feed.Current ?? new Snapshot(new RunState(settings), [], "", time.GetUtcNow());
        var (state, figures) = (snapshot.State, steps.Read());
        var step = Math.Max(state.Progress.Step, figures.LastStep);
        var status = new RunStatus
        {
            RunId = settings.RunId,
            JobName = settings.Job.Name,
            State = StateOf(state.Phase),
            Reason = state.Phase is Ended ended ? ended.Outcome.Reason : snapshot.LastSentence,
            ExitCode = (state.Phase as Ended)?.Outcome.ExitCode ?? 0,
            Generation = state.LastGeneration,
            FirstStep = settings.FirstStep,
            Step = step,
            LastStep = figures.Last,
            ImagesPerSecond = figures.RecentImagesPerSecond,
            PhasesTotal = figures.Phases,
            LastCheckpoint = state.LastCheckpoint?.Directory ?? settings.Resume?.Directory ?? "",
            CheckpointFailure = state.CheckpointFailure is { } failure ? $"step {failure.Step}: {failure.Error}" : "",
            LastEvaluation = Evaluation(state.LastEvaluation),
            EvaluatedImages = (state.Phase as Executing)?.Blocks.Values.Sum(block => (long)block.Images) ?? 0,
            Output = directory.Root,
        };
        if (state.Plan is { } plan)
        {
            status.TotalSteps = plan.TotalSteps;
            status.Epoch = plan.EpochAt(step);
            status.TotalEpochs = plan.EpochAt(plan.TotalSteps);
            if (figures.RecentImagesPerSecond > 0)
                status.SecondsLeft = (plan.TotalSteps - step) * settings.Job.Batch.Global / figures.RecentImagesPerSecond;
        }
        if (state.Phase is Waiting || (state.Phase is Active && !state.Awaited.IsEmpty))
        {
            status.WaitingFor = Formation.WaitsFor(state);
            status.WaitingSeconds = (time.GetUtcNow() - snapshot.Since).TotalSeconds;
        }
        status.SkippedSteps = figures.SkippedInLog;
        status.Rollbacks.Add(state.Rollbacks.Select(rollback => new Protocol.Rollback { BadStep = rollback.BadStep, ToStep = rollback.To, What = rollback.What }));
        status.Events.Add(snapshot.Sentences);
        // After the end the state keeps those that were there, and they go.
        status.Workers.Add(state.Workers.Where(worker => state.Phase is not Ended || HasSession(worker)).Select(worker => Worker(worker, state.Phase)));
        return status;
    }

    private bool HasSession(WorkerState worker) => worker.Session is { } id && sessions.Find(id) is not null;

    private WorkerStatus Worker(WorkerState worker, RunPhase phase)
    {
        var member = (phase as Active)?.Generation.Find(worker.WorkerId);
        var session = worker.Session is { } id ? sessions.Find(id) : null;
        return new WorkerStatus
        {
            WorkerId = worker.WorkerId,
            Host = worker.Host,
            Device = worker.Device,
            State = (worker.IsReady, member, phase) switch
            {
                _ when worker.Session is null => "away",
                _ when worker.Leaving is not null => "leaving",
                (false, _, _) => "connecting",
                _ when worker.Exclusion is not null => "left out",
                (_, null, _) => "ready",
                (_, _, Forming) => "forming",
                _ => "training",
            },
            Rank = member?.Rank ?? NoRank,
            MicroBatchCount = member?.MicroBatches.Count ?? 0,
            Step = session?.Pulse.Step ?? 0,
            Activity = session?.Pulse.Activity ?? "",
            Straggling = worker.Straggling ?? "",
            SecondsSinceHeartbeat = session?.SinceSignOfLife.TotalSeconds ?? 0,
        };
    }

    private static string StateOf(RunPhase phase) => phase switch
    {
        Waiting => "waiting",
        Forming => "forming",
        Executing { Order.Kind: OrderKind.Evaluate } => "evaluating",
        Executing { Order.Kind: OrderKind.Finish } => "finishing",
        Executing => "training",
        Ended ended => ended.Outcome.State,
        _ => throw new InvalidOperationException($"no name for {phase.GetType().Name}"),
    };

    private static EvaluationResult? Evaluation(EvaluationOutcome? outcome) => outcome is null ? null : new EvaluationResult
    {
        Step = outcome.Step,
        Epoch = outcome.Epoch,
        Top1 = outcome.Top1,
        Top5 = outcome.Top5,
        Loss = outcome.Loss,
        Images = outcome.Images,
        Seconds = outcome.Seconds,
        Raw = outcome is { Top1Raw: { } top1, Top5Raw: { } top5, LossRaw: { } loss } ? new RawResult { Top1 = top1, Top5 = top5, Loss = loss } : null,
    };
}
