using System.Collections.Immutable;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Fingerprint = Inception.Distributed.Coordinator.Machine.Fingerprint;
using FormingFailed = Inception.Distributed.Coordinator.Machine.FormingFailed;
using OrderCompleted = Inception.Distributed.Coordinator.Machine.OrderCompleted;
using RawFigures = Inception.Distributed.Coordinator.Machine.RawFigures;

namespace Inception.Distributed.Coordinator.Tests.Machine;

/// <summary>The state machine with workers that do what they are told, at once and without arithmetic; a test may put words of its own in their mouths.</summary>
internal sealed class SimulatedRun(RunSettings settings)
{
    private readonly Queue<RunEvent> _pending = new();
    private readonly Dictionary<SessionId, Assignment> _assignments = [];
    private long _sessions;

    /// <summary>Two workers, the first generation of which has come to an order of this kind and does not complete it.</summary>
    public static (SimulatedRun Run, SessionId First, SessionId Second) HeldAt(Protocol.Order.WhatOneofCase kind, JobSpec? job = null)
    {
        var run = new SimulatedRun(TestJobs.Settings(2, job));
        run.Hold(kind);
        return (run, run.Join(), run.Join());
    }

    public Assignment LastAssignment(SessionId session) => SentTo(session).Last(message => message.Assignment is not null).Assignment;

    public RunState State { get; private set; } = new(settings);

    public List<RunEvent> Events { get; } = [];

    public List<Effect> Effects { get; } = [];

    public List<string> Reasons { get; } = [];

    /// <summary>Asked first for each message sent; null leaves the answer to the obedient worker.</summary>
    public Func<SessionId, CoordinatorMessage, RunEvent[]?> Answer { get; set; } = (_, _) => null;

    /// <summary>Steps that the members have applied, if these are more than they have told of.</summary>
    public long HeldStep { get; set; }

    public RunOutcome Outcome => ((Ended)State.Phase).Outcome;

    public Generation Generation => ((Active)State.Phase).Generation;

    public static Fingerprint Alike { get; } = new(
        ImmutableSortedDictionary<string, string>.Empty.Add("threads", "1").Add("training data", "abc"),
        TestJobs.TrainSamples, TestJobs.ValidationSamples);

    public IEnumerable<CoordinatorMessage> SentTo(SessionId session) =>
        Effects.OfType<Send>().Where(send => send.To == session).Select(send => send.Message);

    /// <summary>The orders of the first member, as <c>kind step</c>.</summary>
    public IEnumerable<string> Orders => Effects.OfType<Send>()
        .Where(send => send.Message.Order is not null && _assignments[send.To].Rank == 0)
        .Select(send => send.Message.Order)
        .Select(order => order.WhatCase switch
        {
            Protocol.Order.WhatOneofCase.Train => $"train {order.Train.UntilStep}",
            Protocol.Order.WhatOneofCase.Checkpoint => $"checkpoint {order.Checkpoint.Step}",
            Protocol.Order.WhatOneofCase.Evaluate => $"evaluate {order.Evaluate.Step}",
            _ => "finish",
        });

    /// <summary>A worker joins, and everything that follows from it happens.</summary>
    public SessionId Join(string? workerId = null, Coordinator.Machine.Standing? standing = null)
    {
        var session = new SessionId(++_sessions);
        Post(new WorkerJoined(session, workerId ?? $"w{session.Value}", $"host{session.Value}", "cpu", 1, standing));
        return session;
    }

    /// <summary>The timer that was started last comes to its end.</summary>
    public void Elapse<T>() where T : RunEvent => Post(Effects.OfType<StartTimer>().Select(timer => timer.Event).OfType<T>().Last());

    public Decision Post(RunEvent @event)
    {
        var decision = Decide(@event);
        while (_pending.TryDequeue(out var next)) Decide(next);
        return decision;
    }

    private Decision Decide(RunEvent @event)
    {
        var decision = RunMachine.Decide(State, @event);
        Events.Add(@event);
        State = decision.State;
        Effects.AddRange(decision.Effects);
        if (decision.Reason is not null) Reasons.Add(decision.Reason);
        foreach (var (to, message) in decision.Effects.OfType<Send>())
        {
            if (message.Assignment is not null) _assignments[to] = message.Assignment;
            foreach (var answer in Answer(to, message) ?? Obey(to, message))
                _pending.Enqueue(answer);
        }
        return decision;
    }

    /// <summary>Workers evaluate averaged and raw weights.</summary>
    public bool KeepsAverage { get; init; }

    public IEnumerable<RunEvent> Obey(SessionId session, CoordinatorMessage message)
    {
        switch (message.MessageCase)
        {
            case CoordinatorMessage.MessageOneofCase.Welcome:
                return [new WorkerFingerprinted(session, Alike)];
            case CoordinatorMessage.MessageOneofCase.Assignment:
                var isHeld = message.Assignment.Members.Any(member => member.HoldsState);
                return [new WorkerFormed(
                    session, message.Assignment.Generation, isHeld ? Math.Max(HeldStep, State.Progress.Step) : message.Assignment.Start.Step, "5ta7e",
                    isHeld ? 0 : -1)];
            case CoordinatorMessage.MessageOneofCase.Order:
                return Carry(session, message.Order);
            default:
                return [];
        }
    }

    private IEnumerable<RunEvent> Carry(SessionId session, Protocol.Order order)
    {
        var assignment = _assignments[session];
        var step = State.Progress.Step;
        OrderCompleted Completed(long at, string hash = "") => new(session, order.Generation, order.OrderId, at, hash, hash);
        return order.WhatCase switch
        {
            Protocol.Order.WhatOneofCase.Train => [Completed(order.Train.UntilStep)],
            Protocol.Order.WhatOneofCase.Checkpoint when assignment.Rank == 0 =>
                [Completed(step), new CheckpointReported(session, order.Generation, step, order.Checkpoint.Directory, "feed", 1_000_000, 0.5, "")],
            Protocol.Order.WhatOneofCase.Checkpoint => [Completed(step)],
            Protocol.Order.WhatOneofCase.Evaluate =>
                [new BlocksEvaluated(session, order.Generation, step, BlocksOf(assignment, KeepsAverage), 1 + assignment.Rank), Completed(step)],
            _ => [Completed(step, "abba")],
        };
    }

    /// <summary>
    /// Every block has one top-1 hit, all but one image top-5 hits, and a loss of its index; with the raw weights none, one, and twice its
    /// index.
    /// </summary>
    public static ImmutableArray<EvaluatedBlock> BlocksOf(Assignment assignment, bool withRaw = false)
    {
        const int Blocks = (int)((TestJobs.ValidationSamples + TestJobs.EvaluationBlock - 1) / TestJobs.EvaluationBlock);
        return [.. Enumerable.Range(0, Blocks).Where(index => index % assignment.Members.Count == assignment.Rank).Select(index =>
        {
            var images = (int)Math.Min(TestJobs.EvaluationBlock, TestJobs.ValidationSamples - index * TestJobs.EvaluationBlock);
            return new EvaluatedBlock(index, images, 1, images - 1, index, withRaw ? new RawFigures(0, 1, 2 * index) : null);
        })];
    }

    /// <summary>Silences all answers to orders of this kind.</summary>
    public void Hold(Protocol.Order.WhatOneofCase kind) => Answer = (_, message) => message.Order?.WhatCase == kind ? [] : null;

    public FormingFailed FormingFailure(SessionId session, string why) => new(session, Generation.Number, why);
}
