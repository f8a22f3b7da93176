using System.Diagnostics;
using Inception.Distributed.Coordinator.Machine;

namespace Inception.Distributed.Coordinator.Tests.Simulation;

/// <summary>Seeded histories of a run under faults, on a virtual clock: the coordinator's real decisions against a model of workers and network.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const long QuickTime = 30;

    [Fact]
    public void Schedules_AsManyAsFitInto30Seconds_KeepEveryRule() => RunSeeds(100_000, TimeSpan.FromSeconds(QuickTime));

    [Fact]
    [Trait("Category", "Long")]
    public void Schedules_100000_KeepEveryRule() => RunSeeds(100_000, TimeSpan.MaxValue);

    private void RunSeeds(long seeds, TimeSpan time)
    {
        var (watch, seed, fewest) = (Stopwatch.StartNew(), 0L, int.MaxValue);
        for (; seed < seeds && watch.Elapsed < time; seed++)
        {
            var faults = SimulatedSchedule.Faults(seed);
            var (events, violation, _) = SimulatedSchedule.Run(seed, faults, new Rules());
            if (violation is not null) Assert.Fail(SimulatedSchedule.Shrink(seed, faults, new Rules(), violation));
            fewest = Math.Min(fewest, events);
        }
        TestContext.Current.SendDiagnosticMessage($"{seed} schedules");
        output.WriteLine($"{seed} schedules in {watch.Elapsed.TotalSeconds:F0} s, each of {fewest} events or more");
        fewest.ShouldBeGreaterThan(200);
    }
}
