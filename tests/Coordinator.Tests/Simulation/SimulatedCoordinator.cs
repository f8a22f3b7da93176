using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Tests.Simulation;

/// <summary>The coordinator's process: the real decisions, with its journal and the run's log as what outlives it. Checks after every event what must always hold.</summary>
internal sealed class SimulatedCoordinator(World world, Rules rules)
{
    private readonly List<RunEvent> _journal = [];
    private readonly Dictionary<SessionId, Link> _links = [];
    private readonly Dictionary<string, Inbox> _inboxes = [];
    private readonly HashSet<string> _missing = [];

    // Of the log file: what was told of each step, in the order in which it was.
    private readonly SortedSet<long> _logged = [];
    private long _sessions, _generations;
    private double _startedAt;
    private bool _diesInDecision;

    public RunState State { get; private set; } = new(SimulatedSchedule.Settings);

    public bool IsAlive { get; private set; }

    /// <summary>Counts its processes.</summary>
    public int Life { get; private set; }

    public void Start()
    {
        if (IsAlive) return;
        State = _journal.Aggregate(new RunState(SimulatedSchedule.Settings), (state, @event) => rules.Decide(state, @event).State);
        (IsAlive, _startedAt, _sessions) = (true, world.Now, State.LastSession);
        Life++;
        _missing.UnionWith(State.Workers.Where(worker => worker.IsReady).Select(worker => worker.WorkerId));
        Handle(new CoordinatorStarted(State.Epoch + 1));
    }

    /// <param name="inDecision">Between the journal and the effects of its next decision.</param>
    public void Kill(bool inDecision)
    {
        if (inDecision)
        {
            _diesInDecision = true;
            return;
        }
        if (!IsAlive) return;
        world.Say($"coordinator dies");
        (IsAlive, _diesInDecision) = (false, false);
        foreach (var link in _links.Values.ToList()) link.Break("");
        _links.Clear();
        _inboxes.Clear();
        _missing.Clear();
    }

    public void Open(Link link, string workerId, Coordinator.Machine.Standing? standing)
    {
        link.Session = new SessionId(++_sessions);
        _links.Add(link.Session, link);
        if (!_inboxes.TryGetValue(workerId, out var inbox)) _inboxes.Add(workerId, inbox = new Inbox());
        // The earlier session is put aside; what is still under way in it counts no more.
        inbox.Link = link;
        _missing.Remove(workerId);
        Handle(new WorkerJoined(link.Session, workerId, "", "cpu", 1, standing, inbox.Received));
    }

    public void Lose(Link link, string how)
    {
        if (_inboxes.TryGetValue(link.Worker.Id, out var inbox) && inbox.Link == link) Handle(new WorkerLost(link.Session, how, link.Worker.Step, ""));
    }

    public void Carry(Link link, SimulatedWorker.Message message) => link.Up(() =>
    {
        if (!_inboxes.TryGetValue(link.Worker.Id, out var inbox) || inbox.Link != link || message.Sequence <= inbox.Received) return;
        inbox.Received = message.Sequence;
        inbox.Open.Enqueue(message);
        if (message.Event is { } @event) Handle(@event(link.Session));
        else if (message.Generation >= State.LastWhole) _logged.Add(message.Step);
        if (IsAlive && world.Chance(0.3)) Acknowledge(link, inbox);
    });

    private static void Acknowledge(Link link, Inbox inbox)
    {
        inbox.Open.Clear();
        link.Down(new CoordinatorMessage { Acknowledgement = new Acknowledgement { Sequence = inbox.Received } });
    }

    private void Handle(RunEvent @event)
    {
        if (!IsAlive) return;
        var before = State;
        var decision = rules.Decide(before, @event);
        CheckFencing(before, @event, decision);
        if (decision.IsNothing(before)) return;
        world.Say($"{@event} => {decision.Reason}");
        if (rules.EffectsBeforeJournal)
        {
            Perform(decision);
            if (DiesHere()) return;
            _journal.Add(@event);
        }
        else
        {
            _journal.Add(@event);
            if (DiesHere()) return;
            Perform(decision);
        }
    }

    private bool DiesHere()
    {
        if (!_diesInDecision) return false;
        Kill(inDecision: false);
        world.After(world.Delay(5), Start);
        return true;
    }

    private void Perform(Decision decision)
    {
        State = decision.State;
        foreach (var effect in decision.Effects) Perform(effect);
    }

    private void Perform(Effect effect)
    {
        switch (effect)
        {
            case Send send:
                if (_links.GetValueOrDefault(send.To) is { } link) link.Down(send.Message);
                break;
            case StartTimer timer:
                var life = Life;
                world.After(timer.Due.TotalSeconds, () =>
                {
                    if (Life == life) Handle(timer.Event);
                });
                break;
            case FindCheckpoint:
                var searcher = Life;
                world.After(world.Delay(0.3), () =>
                {
                    if (Life != searcher) return;
                    var step = world.Checkpoints.Where(saved => Numbers.IsOfThisLine(State, saved.Key, saved.Value.PassedOver)).Select(saved => saved.Key).LastOrDefault();
                    Handle(new CheckpointFound(step, step > 0 ? $"/checkpoints/{step}" : ""));
                });
                break;
            case RecordGeneration record:
                World.Require(record.Generation.Number > _generations, "generations follow one another");
                _generations = record.Generation.Number;
                World.Require(_missing.Count == 0 || world.Now >= _startedAt + SimulatedSchedule.Timeout,
                    "no membership decision before all have come back or the window has closed");
                break;
            case RecordCheckpoint record:
                World.Require(world.Checkpoints.ContainsKey(record.Checkpoint.Step), "the newest checkpoint is whole");
                break;
            case Stand stand:
                World.Require(Enumerable.Range(1, (int)stand.Step).All(step => _logged.Contains(step)), "every applied step is in the log");
                _logged.RemoveWhere(step => step > stand.Step);
                break;
            case EndRun end:
                World.Require(end.Outcome.Ending == RunEnding.Finished, $"the run does not fail: {end.Outcome.Reason}");
                break;
        }
    }

    private static void CheckFencing(RunState before, RunEvent @event, Decision decision)
    {
        if (@event is not GenerationEvent stale || (before.Phase as Active)?.Generation.Number == stale.Generation) return;
        World.Require(decision.IsNothing(before), "what is stale changes nothing");
    }

    private sealed class Inbox
    {
        public Link? Link { get; set; }

        public long Received { get; set; }

        public Queue<SimulatedWorker.Message> Open { get; } = new();
    }
}
