using Inception.Distributed.Sampling;

namespace Inception.Distributed.Faults;

/// <summary>A random schedule, which depends on its arguments alone.</summary>
public static class RandomSchedule
{
    // What happens, with weights. Someone comes back for everyone who goes, so these are about as many as all that end a worker.
    private static readonly (int Weight, Func<Draw, Fault> Make)[] Kinds =
    [
        (24, draw => new KillWorker(draw.Rank())),
        (12, draw => new StopWorker(draw.Rank(), draw.Seconds(0.1, 8))),
        (10, draw => new CutWorker(draw.Rank(), draw.Way(), draw.Seconds(0.5, 8))),
        (8, draw => new TerminateWorker(draw.Rank())),
        (8, draw => new DrainWorker(draw.Rank())),
        (8, draw => new KillCoordinator(draw.Away())),
        (8, draw => new DiskFault(draw.NextBoolean() ? DiskTrouble.Full : DiskTrouble.Error, draw.Seconds(0.5, 6), 0, WholeRun: false)),
        (6, draw => new DiskFault(DiskTrouble.Slow, draw.Seconds(0.5, 4), draw.Seconds(0.01, 0.2), draw.NextBoolean())),
        (2, _ => new KillAllWorkers()),
    ];

    /// <param name="seconds">No fault begins later, and none but those that bring somebody back lasts longer.</param>
    /// <param name="workers">How many there are at the start. Faults leave one or more of them, but for the rare one that kills all.</param>
    public static FaultSchedule Create(long seed, double seconds, int workers)
    {
        var draw = new Draw(KeyedRandom.From(Purpose.Faults, seed, workers), seconds, workers);
        var faults = new List<ScheduledFault>();
        var alive = workers;
        for (var at = draw.Pause(); at < seconds; at += draw.Pause())
        {
            at = Math.Round(at, 2);
            var fault = Next(draw, alive, workers);
            // One that is over by then, so that the end is undisturbed.
            if (at + fault.Seconds > seconds) continue;
            faults.Add(new ScheduledFault(at, null, fault));
            alive = fault switch
            {
                KillAllWorkers => 0,
                JoinWorkers join => alive + join.Count,
                { EndsWorker: true } => alive - 1,
                _ => alive,
            };
        }
        return new FaultSchedule(faults, FormattableString.Invariant($"seed {seed}, {seconds:0.###} s, {workers} workers"));
    }

    private static Fault Next(Draw draw, int alive, int workers)
    {
        if (alive == 0) return new JoinWorkers(1 + draw.NextInt(workers));
        // The fewer are left, the sooner somebody comes.
        if (draw.NextInt(3 * workers) >= 3 * alive - 1) return new JoinWorkers(1 + draw.NextInt(workers - alive + (alive == workers ? 1 : 0)));
        while (true)
        {
            var fault = Pick(draw);
            if (alive > 1 || !fault.EndsWorker || fault is KillAllWorkers) return fault;
        }
    }

    private static Fault Pick(Draw draw)
    {
        var point = draw.NextInt(Kinds.Sum(kind => kind.Weight));
        var index = 0;
        while (point >= Kinds[index].Weight) point -= Kinds[index++].Weight;
        return Kinds[index].Make(draw);
    }

    private sealed class Draw(KeyedRandom random, double total, int workers)
    {
        private KeyedRandom _random = random;

        public int NextInt(int bound) => _random.NextInt(bound);

        public bool NextBoolean() => _random.NextBoolean();

        public int Rank() => NextInt(workers);

        public CutWay Way() => (CutWay)NextInt(3);

        /// <summary>Log-uniform: as many short ones as long ones.</summary>
        public double Seconds(double low, double high) => Math.Round(_random.NextLogUniform(low, high), 2);

        /// <summary>Until the next fault: often right after the last one, in the midst of what that one set off.</summary>
        public double Pause() => NextInt(4) == 0 ? Seconds(0.02, 0.5) : Seconds(1, 6);

        // A minute is too much of a short schedule.
        public double Away() => NextInt(8) switch
        {
            0 when total >= 600 => 60,
            1 when total >= 200 => 20,
            < 4 => 0,
            _ => Seconds(0.2, 6),
        };
    }
}
