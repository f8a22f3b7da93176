using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Coordinator.Tests.Simulation;

internal enum FaultKind { Kill, Stop, Cut, Reset, CoordinatorKill, CoordinatorKillInDecision, Join, Drain, KillAll, Stick, Part }

/// <param name="At">Virtual seconds.</param>
/// <param name="Worker">Of those alive, modulo their number.</param>
internal sealed record Fault(double At, FaultKind Kind, int Worker, double Seconds)
{
    public override string ToString() => FormattableString.Invariant($"{At:F3} {Kind} (worker {Worker}, {Seconds:F2} s)");
}

/// <summary>One run of 40 steps with 5 workers under faults, from a seed: what happens in it is the same every time.</summary>
internal static class SimulatedSchedule
{
    public const double Timeout = 10;
    private const int Workers = 5;

    // Faults come while the run is young enough to be disturbed; the rest of the time is for coming to its end.
    private const double LastFault = 12, Patience = 1500;

    // A thread that hangs is found out in a minute, and takes part again after some more; so these faults last longer than the others.
    private const double LongFault = 20;

    public static JobSpec Job { get; } = TestJobs.Small with
    {
        Schedule = new ScheduleSpec { Epochs = 13 },
        Checkpoint = new CheckpointSpec { EverySteps = 7 },
        Numbers = new NumbersSpec { NonFinite = NumbersPolicy.Rollback },
        Workers = new WorkersSpec { Min = 2, Timeout = Timeout },
    };

    public static RunSettings Settings { get; } = TestJobs.Settings(Workers, Job);

    public static IReadOnlyList<Fault> Faults(long seed)
    {
        var random = KeyedRandom.From(Purpose.Order, seed, 1);
        return [.. Enumerable.Range(0, 3 + random.NextInt(3)).Select(_ => new Fault(
            LastFault * random.NextDouble(), (FaultKind)random.NextInt(11), random.NextInt(5), 20 * random.NextDouble() * random.NextDouble())).OrderBy(fault => fault.At)];
    }

    /// <summary>Of the stream; none in half of the histories.</summary>
    public static IReadOnlySet<long> BadSteps(long seed)
    {
        var random = KeyedRandom.From(Purpose.Order, seed, 2);
        return Enumerable.Range(0, Math.Max(0, random.NextInt(5) - 2)).Select(_ => (long)random.NextInt(45)).ToHashSet();
    }

    public static long Digest(long before, long samples) => HashCode.Combine(before, samples);

    /// <summary>What an undisturbed run comes to.</summary>
    private static long ExpectedDigest(long steps, IReadOnlySet<long> bad)
    {
        var (digests, passed) = (new List<long> { 0 }, new List<PassedOver>());
        while (digests.Count <= steps)
        {
            var step = digests.Count - 1;
            var samples = PassedOver.StreamStep(passed, step);
            if (!bad.Contains(samples))
            {
                digests.Add(Digest(digests[^1], samples));
                continue;
            }
            var to = step - step % (int)Job.Checkpoint.EverySteps;
            passed.Add(new PassedOver(to, step + 1 - to));
            digests.RemoveRange(to + 1, step - to);
        }
        return digests[^1];
    }

    /// <summary>Runs the schedule.</summary>
    /// <returns>The number of events; and what went wrong, with the history if that is asked for, or null.</returns>
    public static (int Events, string? Violation, IReadOnlyList<string> Trace) Run(long seed, IReadOnlyList<Fault> faults, Rules rules, bool isTraced = false)
    {
        var world = new World(seed, isTraced) { Bad = BadSteps(seed) };
        try
        {
            Run(world, faults, rules);
            return (world.Events, null, world.Trace);
        }
        catch (Exception error) when (error is ViolationException or InvalidOperationException or NullReferenceException or ArgumentException or KeyNotFoundException)
        {
            return (world.Events, error.Message, world.Trace);
        }
    }

    private static void Run(World world, IReadOnlyList<Fault> faults, Rules rules)
    {
        var coordinator = new SimulatedCoordinator(world, rules);
        var workers = new List<SimulatedWorker>();
        void Start()
        {
            workers.Add(new SimulatedWorker(world, coordinator, $"w{workers.Count + 1}"));
            workers[^1].Connect(world.Delay(0.2));
        }
        coordinator.Start();
        for (var i = 0; i < Workers; i++) Start();
        foreach (var fault in faults)
        {
            world.At(fault.At, () =>
            {
                world.Say($"fault {fault.Kind}");
                Apply(fault, world, coordinator, [.. workers.Where(worker => worker.IsAlive)], Start);
            });
        }
        // Whoever started the workers starts them again.
        world.At(LastFault + 25, () =>
        {
            for (var alive = workers.Count(worker => worker.IsAlive); alive < Workers; alive++) Start();
            world.After(20, coordinator.Start);
        });
        while (coordinator.State.Phase is not Ended && world.Step(Patience)) { }

        World.Require(coordinator.State.Phase is Ended, "the run goes on when faults stop");
        var (plan, state) = (coordinator.State.Plan!, coordinator.State);
        World.Require(state.Progress.Step == plan.TotalSteps && state.Progress.EvaluatedStep == plan.TotalSteps, "the run comes to its end");
        World.Require(((Ended)state.Phase).Outcome.StateSha256 == $"state {ExpectedDigest(plan.TotalSteps, world.Bad)}", "the run comes to the bits of the undisturbed one");
    }

    private static void Apply(Fault fault, World world, SimulatedCoordinator coordinator, List<SimulatedWorker> alive, Action start)
    {
        var worker = alive.Count > 0 ? alive[fault.Worker % alive.Count] : null;
        switch (fault.Kind)
        {
            case FaultKind.Kill: worker?.Kill(); break;
            case FaultKind.Stop: worker?.Freeze(fault.Seconds); break;
            case FaultKind.Cut: worker?.Cut(fault.Seconds); break;
            case FaultKind.Stick: worker?.Stick(fault.Seconds * LongFault); break;
            case FaultKind.Part when worker is not null && alive.Count > 1:
                world.Parted[(worker, alive[(fault.Worker + 1) % alive.Count])] = world.Now + fault.Seconds * LongFault;
                break;
            case FaultKind.Part: break;
            case FaultKind.Reset: worker?.Reset(); break;
            case FaultKind.Drain: worker?.Ask(); break;
            case FaultKind.Join: start(); break;
            case FaultKind.KillAll: alive.ForEach(each => each.Kill()); break;
            case FaultKind.CoordinatorKillInDecision: coordinator.Kill(inDecision: true); break;
            case FaultKind.CoordinatorKill:
                coordinator.Kill(inDecision: false);
                world.After(fault.Seconds, coordinator.Start);
                break;
        }
    }

    /// <summary>The fewest of the faults that still break the same rule, with the history that they lead to.</summary>
    public static string Shrink(long seed, IReadOnlyList<Fault> faults, Rules rules, string violation)
    {
        for (var i = 0; i < faults.Count;)
        {
            List<Fault> fewer = [.. faults.Where((_, index) => index != i)];
            if (Run(seed, fewer, rules).Violation == violation) faults = fewer;
            else i++;
        }
        var trace = Run(seed, faults, rules, isTraced: true).Trace;
        return $"seed {seed}: not so: {violation}\nfaults: {string.Join("; ", faults)}\n{string.Join('\n', trace.TakeLast(80))}";
    }
}
