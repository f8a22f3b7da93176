using Inception.Distributed.Faults;

namespace Inception.Distributed.Shared.Tests.Faults;

public sealed class RandomScheduleTests
{
    [Fact]
    public void Create_SameSeed_GivesTheSameFile() =>
        FaultScheduleFile.Write(RandomSchedule.Create(7, 60, 3)).ShouldBe(FaultScheduleFile.Write(RandomSchedule.Create(7, 60, 3)));

    [Fact]
    public void Create_AnotherSeed_GivesAnotherSchedule() =>
        RandomSchedule.Create(7, 60, 3).Faults.ShouldNotBe(RandomSchedule.Create(8, 60, 3).Faults);

    [Fact]
    public void Create_WrittenAndRead_IsTheSame()
    {
        var schedule = RandomSchedule.Create(11, 600, 4);
        FaultScheduleFile.Parse(FaultScheduleFile.Write(schedule), "s.yaml").Faults.ShouldBe(schedule.Faults);
    }

    // Half an hour holds every kind of fault, or a soak proves less than it says.
    [Fact]
    public void Create_HalfAnHour_HasEveryKind() => RandomSchedule.Create(1, 1800, 3).Faults.Select(fault => fault.Fault.GetType()).Distinct()
        .ShouldBe(typeof(Fault).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Fault))), ignoreOrder: true);

    [Theory]
    [InlineData(1, 100, 1), InlineData(2, 100, 2), InlineData(3, 1000, 3), InlineData(4, 1000, 7)]
    public void Create_Any_IsOverInTimeAndLeavesAWorkerUnlessAllAreKilled(long seed, double seconds, int workers)
    {
        var alive = workers;
        foreach (var (at, _, fault) in RandomSchedule.Create(seed, seconds, workers).Faults)
        {
            (at + fault.Seconds).ShouldNotBeNull().ShouldBeLessThanOrEqualTo(seconds);
            alive = fault switch
            {
                KillAllWorkers => 0,
                JoinWorkers join => alive + join.Count,
                { EndsWorker: true } => alive - 1,
                _ => alive,
            };
            if (fault is not KillAllWorkers) alive.ShouldBeInRange(1, workers + 1, fault.ToString());
        }
    }
}
