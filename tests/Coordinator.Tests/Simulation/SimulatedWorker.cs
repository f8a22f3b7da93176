using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Tests.Machine;
using Inception.Distributed.Protocol;
using Case = Inception.Distributed.Protocol.CoordinatorMessage.MessageOneofCase;
using Kind = Inception.Distributed.Protocol.Order.WhatOneofCase;

namespace Inception.Distributed.Coordinator.Tests.Simulation;

/// <summary>A worker's part of the protocol, without arithmetic: its outbox, its sessions, its place in a group, the orders it executes.</summary>
internal sealed class SimulatedWorker(World world, SimulatedCoordinator coordinator, string id)
{
    private readonly List<Message> _outbox = [];
    private readonly SortedSet<long> _saving = [];
    private Link? _link;
    private bool _isWelcome, _wasWelcome;
    private SimulatedGroup? _group;
    private Assignment? _assignment;
    private Protocol.Order? _order;
    private long _sequence, _completed, _yieldFor, _epoch, _newest;
    private double _frozenUntil, _cutUntil, _stuckUntil;

    public string Id { get; } = id;

    public bool IsAlive { get; private set; } = true;

    public long Step { get; private set; }

    /// <summary>Stands for the bits of the state.</summary>
    public long Digest { get; private set; }

    /// <summary>The newest generation in which it had the whole state; 0: it has none.</summary>
    public long HeldGeneration { get; set; }

    public bool IsCut => world.Now < _cutUntil;

    public bool IsHealthy => IsAlive && !IsCut && world.Now >= _frozenUntil;

    /// <summary>Later, unless it is dead by then; a stopped process does it when it goes on.</summary>
    public void Do(double delay, Action action) => world.After(delay, () =>
    {
        if (!IsAlive) return;
        if (world.Now < _frozenUntil) Do(_frozenUntil - world.Now, action);
        else action();
    });

    /// <summary>Of the training thread, which may hang while the process lives.</summary>
    public void Work(double delay, Action action) => Do(delay, () =>
    {
        if (world.Now < _stuckUntil) Work(_stuckUntil - world.Now, action);
        else action();
    });

    public void Connect(double delay = 0.01) => Do(delay, () =>
    {
        if (_link is not null) return;
        if (!coordinator.IsAlive || IsCut)
        {
            Connect(world.Delay(0.3));
            return;
        }
        var link = _link = new Link(world, coordinator, this, coordinator.Life);
        var standing = _wasWelcome ? new Coordinator.Machine.Standing(_newest, HeldGeneration, Step, SimulatedRun.Alike) : null;
        link.Up(() => coordinator.Open(link, Id, standing));
        // An answer that does not come is a connection that broke.
        Do(15, () =>
        {
            if (_link == link && !_isWelcome) link.Break("no welcome");
        });
    });

    public void Disconnected(Link link) => Do(0, () =>
    {
        if (_link != link) return;
        (_link, _isWelcome) = (null, false);
        Connect(world.Delay(0.1));
    });

    public void Receive(Link link, CoordinatorMessage message) => Do(0, () =>
    {
        if (_link != link) return;
        switch (message.MessageCase)
        {
            case Case.Welcome:
                World.Require(message.Welcome.Epoch >= _epoch, "a worker follows the newest coordinator");
                _epoch = message.Welcome.Epoch;
                _isWelcome = true;
                if (!_wasWelcome) Send(session => new WorkerFingerprinted(session, SimulatedRun.Alike));
                _wasWelcome = true;
                foreach (var waiting in _outbox.Where(waiting => waiting.Sequence > message.Welcome.LastSequence)) coordinator.Carry(link, waiting);
                break;
            case Case.Acknowledgement:
                _outbox.RemoveAll(sent => sent.Sequence <= message.Acknowledgement.Sequence);
                break;
            case Case.Assignment when message.Assignment.Generation > _newest:
                _newest = message.Assignment.Generation;
                Work(0, () => Form(message.Assignment));
                break;
            case Case.LeftOut:
                _newest = Math.Max(_newest, message.LeftOut.Generation);
                Work(0, () =>
                {
                    if (message.LeftOut.Generation >= _newest) Leave();
                    Send(session => new WorkerAvailable(session, message.LeftOut.Ticket));
                });
                break;
            case Case.Order:
                Work(0, () =>
                {
                    if (_group?.Generation != message.Order.Generation || message.Order.OrderId <= Math.Max(_completed, _order?.OrderId ?? 0)) return;
                    _order = message.Order;
                    Execute(_order);
                });
                break;
            case Case.YieldRequested:
                _yieldFor = Math.Max(_yieldFor, message.YieldRequested.Generation);
                break;
            case Case.Finished or Case.Refused:
                Leave();
                IsAlive = false;
                break;
        }
    });

    private void Form(Assignment assignment)
    {
        if (assignment.Generation < _newest) return;
        Leave();
        (_assignment, _order, _completed) = (assignment, null, 0);
        if (!world.Groups.TryGetValue(assignment.Generation, out var group))
            world.Groups.Add(assignment.Generation, group = new SimulatedGroup(world, assignment, SimulatedSchedule.Job.Batch.MicroBatches));
        _group = group;
        group.Join(this, assignment);
    }

    /// <param name="source">Whose state it was; -1: the starting point's.</param>
    public void TakeState(SimulatedGroup group, long step, long digest, int source)
    {
        if (_group != group || group.IsBroken) return;
        (Step, Digest, HeldGeneration) = (step, digest, group.Generation);
        Send(session => new WorkerFormed(session, group.Generation, step, $"state {digest}", source));
    }

    /// <summary>The step's numbers are bad.</summary>
    public void Refuse(SimulatedGroup group, long step)
    {
        if (_group != group || _order is not { } order) return;
        World.Require(Step == step, "steps are applied in order and once");
        Complete(order, new Coordinator.Machine.BadNumbers("the loss is not finite", double.NaN, double.NaN, false));
    }

    public void Apply(SimulatedGroup group, long step, long samples, bool border)
    {
        if (_group != group || _order is not { } order) return;
        World.Require(Step == step, "steps are applied in order and once");
        (Step, Digest) = (step + 1, SimulatedSchedule.Digest(Digest, samples));
        var applied = Step;
        Send(null, applied, group.Generation);
        if (border || Step == order.Train.UntilStep) Complete(order);
        else Compute(group);
    }

    /// <param name="unheard">Ranks that it waited for in vain.</param>
    public void GroupBroke(SimulatedGroup group, IReadOnlyList<int> unheard)
    {
        if (_group != group) return;
        (_group, _order) = (null, null);
        var (generation, step, formed) = (group.Generation, Step, HeldGeneration == group.Generation);
        Send(session => formed
            ? new PeerReportedLost(session, generation, step, "reduction", "reset", unheard)
            : new Coordinator.Machine.FormingFailed(session, generation, "reset", unheard));
    }

    public void Kill()
    {
        IsAlive = false;
        _group?.Break();
        _link?.Break("its connection broke");
    }

    public void Freeze(double seconds)
    {
        _frozenUntil = world.Now + seconds;
        Silence(seconds);
    }

    public void Cut(double seconds)
    {
        _cutUntil = world.Now + seconds;
        Silence(seconds);
    }

    public void Stick(double seconds) => _stuckUntil = world.Now + seconds;

    public void Reset() => _link?.Break("its connection broke");

    public void Ask() => Send(session => new WorkerLeaving(session, "it was told to go"));

    // The coordinator ends a session that is silent for too long, and so does the worker.
    private void Silence(double seconds)
    {
        var link = _link;
        if (seconds > SimulatedSchedule.Timeout) world.After(SimulatedSchedule.Timeout, () => link?.Break("no sign of life"));
        else if (IsCut) world.After(seconds, () => link?.Break("its connection broke"));
        // Its peers' collectives time out.
        var group = _group;
        if (seconds > SimulatedSchedule.Timeout) world.After(SimulatedSchedule.Timeout * 2, () => group?.Break());
    }

    private void Leave()
    {
        _group?.Break();
        _group = null;
    }

    private void Execute(Protocol.Order order)
    {
        var group = _group!;
        switch (order.WhatCase)
        {
            case Kind.Train:
                Compute(group);
                break;
            case Kind.Evaluate:
                Work(world.Delay(0.5), () =>
                {
                    if (_group != group) return;
                    var (step, blocks) = (Step, SimulatedRun.BlocksOf(_assignment!));
                    if (_yieldFor < group.Generation) Send(session => new BlocksEvaluated(session, group.Generation, step, blocks, 1));
                    Complete(order);
                });
                break;
            case Kind.Checkpoint:
                if (_assignment!.Rank == 0) Save(order.Checkpoint.Step, order.Checkpoint.Directory, group);
                Work(world.Delay(0.01), () =>
                {
                    if (_group == group) Complete(order);
                });
                break;
            default:
                Finish(order, group);
                break;
        }
    }

    private void Compute(SimulatedGroup group) => Work(world.Delay(0.2), () =>
    {
        if (_group == group) group.ArriveAtStep(this, _assignment!.Rank, _yieldFor >= group.Generation);
    });

    private void Finish(Protocol.Order order, SimulatedGroup group) => Work(world.Delay(0.05), () =>
    {
        if (_group != group) return;
        if (_saving.Count > 0) Finish(order, group);
        else Complete(order);
    });

    private void Save(long step, string directory, SimulatedGroup group)
    {
        World.Require(step == Step, "a checkpoint is of the step at which it was ordered");
        if (!_saving.Add(step)) return;
        var saved = new SavedState(Digest, group.PassedOver);
        Do(world.Delay(1), () =>
        {
            _saving.Remove(step);
            world.Checkpoints[step] = saved;
            Send(session => new CheckpointReported(session, group.Generation, step, directory, "feed", 1, 1, ""));
        });
    }

    private void Complete(Protocol.Order order, Coordinator.Machine.BadNumbers? bad = null)
    {
        (_completed, _order) = (order.OrderId, null);
        var (step, hash) = (Step, $"state {Digest}");
        Send(session => new Coordinator.Machine.OrderCompleted(session, order.Generation, order.OrderId, step, hash, hash, bad));
    }

    private void Send(Func<SessionId, RunEvent>? @event, long step = 0, long generation = 0)
    {
        var message = new Message(++_sequence, @event, step, generation);
        _outbox.Add(message);
        if (_isWelcome) coordinator.Carry(_link!, message);
    }

    /// <param name="Event">Null: a step report.</param>
    internal sealed record Message(long Sequence, Func<SessionId, RunEvent>? Event, long Step, long Generation);
}
