using Inception.Distributed.Protocol;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Coordinator.Tests.Simulation;

/// <summary>
/// The data plane of one generation: forms when all members have come, makes a step when all have come to it, breaks for all at once. Members
/// wait for each other only so long, and then say for whom they waited.
/// </summary>
internal sealed class SimulatedGroup
{
    private const double Patience = 6 * SimulatedSchedule.Timeout;

    private readonly World _world;
    private readonly List<Member> _members;
    private readonly Dictionary<int, SimulatedWorker> _present = [];
    private readonly HashSet<int> _atStep = [];
    private bool _wantsBorder, _isForming;
    private long _rounds;

    public SimulatedGroup(World world, Assignment assignment, int microBatches)
    {
        _world = world;
        _members = [.. assignment.Members];
        Generation = assignment.Generation;
        PassedOver = [.. assignment.PassedOver.Select(window => new PassedOver(window.AtStep, window.Steps))];
        var next = 0;
        foreach (var member in _members)
        {
            World.Require(member.FirstMicroBatch == next && member.MicroBatchCount > 0, "a generation's ranges partition the micro-batches");
            next += member.MicroBatchCount;
        }
        World.Require(next == microBatches, "a generation's ranges partition the micro-batches");
    }

    public long Generation { get; }

    public IReadOnlyList<PassedOver> PassedOver { get; }

    public bool IsBroken { get; private set; }

    public void Join(SimulatedWorker worker, Assignment assignment)
    {
        World.Require(assignment.Members.SequenceEqual(_members), $"generation {Generation} is one list of members");
        _present[assignment.Rank] = worker;
        if (IsBroken) worker.GroupBroke(this, []);
        else if (_present.Count == _members.Count) Connect(assignment.Start);
        else if (_present.Count == 1) WaitFor(Patience, () => _present.Count < _members.Count, () => Missing(_present.Keys));
    }

    public void ArriveAtStep(SimulatedWorker worker, int rank, bool wantsBorder)
    {
        if (IsBroken) return;
        World.Require(_present.Values.All(member => Math.Abs(member.Step - worker.Step) <= 1), $"the members of generation {Generation} step together");
        _wantsBorder |= wantsBorder;
        if (!_atStep.Add(rank)) return;
        if (_atStep.Count < _members.Count)
        {
            var round = _rounds;
            if (_atStep.Count == 1) WaitFor(Patience, () => _rounds == round && _atStep.Count < _members.Count, () => Missing(_atStep));
            return;
        }
        if (Parted() is { Count: > 0 })
        {
            WaitFor(Patience, () => true, Parted);
            return;
        }
        World.Require(_present.Values.All(member => member.Step == worker.Step), $"the members of generation {Generation} step together");
        var (step, border) = (worker.Step, _wantsBorder);
        _rounds++;
        _atStep.Clear();
        _wantsBorder = false;
        var samples = Sampling.PassedOver.StreamStep(PassedOver, step);
        foreach (var member in _present.Values)
        {
            member.Work(_world.Delay(0.01), () =>
            {
                if (_world.Bad.Contains(samples)) member.Refuse(this, step);
                else member.Apply(this, step, samples, border);
            });
        }
    }

    /// <summary>A member is gone, and its connections with it.</summary>
    public void Break() => Break(_ => []);

    private void Break(Func<int, IReadOnlyList<int>> unheard)
    {
        if (IsBroken) return;
        IsBroken = true;
        foreach (var (rank, member) in _present)
        {
            var ranks = unheard(rank);
            member.Work(_world.Delay(0.01), () => member.GroupBroke(this, ranks));
        }
    }

    /// <param name="missing">Of whom it is known that nothing comes: all others, or the peer that can't be reached.</param>
    private void WaitFor(double patience, Func<bool> isVain, Func<IReadOnlyList<(int Rank, int Unheard)>> missing) => _world.After(patience, () =>
    {
        if (IsBroken || !isVain()) return;
        var unheard = missing().ToLookup(entry => entry.Rank, entry => entry.Unheard);
        Break(rank => [.. unheard[rank]]);
    });

    private List<(int Rank, int Unheard)> Missing(IEnumerable<int> there) =>
        [.. from rank in there from member in Enumerable.Range(0, _members.Count).Except(there) select (rank, member)];

    // Pairs that do not reach each other, both ways.
    private List<(int Rank, int Unheard)> Parted() =>
        [.. from one in _present from other in _present where one.Key != other.Key && _world.ArePart(one.Value, other.Value) select (one.Key, other.Key)];

    private void Connect(StartingPoint start)
    {
        if (_isForming) return;
        _isForming = true;
        if (Parted() is { Count: > 0 } parted) WaitFor(SimulatedSchedule.Timeout, () => true, () => parted);
        else Form(start);
    }

    private void Form(StartingPoint start)
    {
        var holders = _members.Select((member, rank) => (member.HoldsState, Worker: _present[rank])).Where(entry => entry.HoldsState).Select(entry => entry.Worker).ToList();
        // One whose state was being overwritten when its source died has none, whatever the coordinator thinks.
        holders.RemoveAll(holder => holder.HeldGeneration == 0);
        var source = holders.MaxBy(holder => holder.Step);
        var step = source?.Step ?? start.Step;
        var rank = source is null ? -1 : _present.First(entry => entry.Value == source).Key;
        World.Require(source is not null || step == 0 || _world.Checkpoints.ContainsKey(step), "a starting point is whole");
        var digest = source?.Digest ?? (step == 0 ? 0 : _world.Checkpoints[step].Digest);
        foreach (var member in _present.Values)
        {
            var receives = member != source && (source is null || member.Step != step || !holders.Contains(member));
            if (receives) member.HeldGeneration = 0; // It is being overwritten.
            member.Work(_world.Delay(0.05), () => member.TakeState(this, step, digest, rank));
        }
    }
}
