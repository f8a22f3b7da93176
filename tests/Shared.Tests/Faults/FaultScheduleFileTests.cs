using Inception.Distributed.Faults;

namespace Inception.Distributed.Shared.Tests.Faults;

public sealed class FaultScheduleFileTests
{
    private const string Everything = """
        # Every kind once.
        faults:
        - {at: 0.5, kill: rank 1}
        - {at: 1, kill: coordinator}
        - {at: 2, kill: coordinator, away: 20}
        - {step: 40, kill: all workers}
        - {at: 3, join: 2}
        - {at: 3, stop: rank 0, for: 4.5}
        - {at: 4, cut: rank 2, for: 6}
        - {at: 5, cut: rank 2, way: out, for: 6}
        - {at: 6, terminate: rank 0}
        - {at: 7, drain: rank 3}
        - {at: 8, disk: full, for: 3}
        - {at: 9, disk: slow, delay: 0.2, under: run, for: 3}
        """;

    [Fact]
    public void Parse_EveryKind_ReadsIt() => FaultScheduleFile.Parse(Everything, "all.yaml").Faults.ShouldBe(
    [
        new ScheduledFault(0.5, null, new KillWorker(1)),
        new ScheduledFault(1, null, new KillCoordinator(0)),
        new ScheduledFault(2, null, new KillCoordinator(20)),
        new ScheduledFault(null, 40, new KillAllWorkers()),
        new ScheduledFault(3, null, new JoinWorkers(2)),
        new ScheduledFault(3, null, new StopWorker(0, 4.5)),
        new ScheduledFault(4, null, new CutWorker(2, CutWay.Both, 6)),
        new ScheduledFault(5, null, new CutWorker(2, CutWay.Out, 6)),
        new ScheduledFault(6, null, new TerminateWorker(0)),
        new ScheduledFault(7, null, new DrainWorker(3)),
        new ScheduledFault(8, null, new DiskFault(DiskTrouble.Full, 3, 0, WholeRun: false)),
        new ScheduledFault(9, null, new DiskFault(DiskTrouble.Slow, 3, 0.2, WholeRun: true)),
    ]);

    [Fact]
    public void Write_ReadsBackEqual()
    {
        var schedule = FaultScheduleFile.Parse(Everything, "all.yaml");
        FaultScheduleFile.Parse(FaultScheduleFile.Write(schedule), "again.yaml").Faults.ShouldBe(schedule.Faults);
    }

    [Theory]
    [InlineData("{at: 1, kil: rank 0}", "s.yaml:2:3: a fault has exactly one of kill, stop, cut, terminate, drain, join, disk; this one has 'kil'; did you mean 'kill'?")]
    [InlineData("{at: 1, kill: rank 0, stop: rank 1, for: 1}", "s.yaml:2:3: a fault has exactly one of kill, stop, cut, terminate, drain, join, disk; this one has kill and stop")]
    [InlineData("{at: 1, kill: rank}", "s.yaml:2:17: kill must be rank N (from 0 on), coordinator or all workers, not 'rank'")]
    [InlineData("{kill: rank 0}", "s.yaml:2:3: a fault has either at (seconds from the first step on) or step (applied steps)")]
    [InlineData("{at: -1, kill: rank 0}", "s.yaml:2:8: at must be a number of seconds from 0 to 86400")]
    [InlineData("{at: 1, stop: rank 0}", "s.yaml:2:3: for is missing; it must be a number of seconds from 0.01 to 86400")]
    [InlineData("{at: 1, stop: rank 0, four: 2, for: 1}", "s.yaml:2:25: unknown field 'four' of stop; did you mean 'for'? (fields: at, step, stop, for)")]
    [InlineData("{at: 1, disk: ful, for: 1}", "s.yaml:2:17: disk must be one of full, error, slow, not 'ful'; did you mean 'full'?")]
    [InlineData("{at: 1, disk: full, for: 1, under: tmp}", "s.yaml:2:38: under must be checkpoints or run, not 'tmp'")]
    [InlineData("{at: 1, at: 2, join: 1}", "s.yaml:2:11: at is given twice; first at s.yaml:2:4")]
    [InlineData("{at: 1, kill: rank 1, away: 4}", "s.yaml:2:31: away is for kill: coordinator; a worker that is killed does not come back (join brings others)")]
    [InlineData("kill", "s.yaml:2:3: a fault is a section such as {at: 2.5, kill: rank 0}; it has at or step, and one of kill, stop, cut, terminate, drain, join, disk")]
    public void Parse_Mistake_SaysWhereAndWhatIsAllowed(string fault, string message) =>
        Should.Throw<UserErrorException>(() => FaultScheduleFile.Parse($"faults:\n- {fault}\n", "s.yaml")).Message.ShouldBe(message);

    [Fact]
    public void Parse_SeveralMistakes_NamesAll() =>
        Should.Throw<UserErrorException>(() => FaultScheduleFile.Parse("fault: 1\nfaults:\n- {at: 5, join: 0}\n- {at: 4, join: 1}\n- {at: 3, join: 1}\n", "s.yaml"))
            .Problems.Select(problem => problem.Where).ShouldBe(["s.yaml:1:1", "s.yaml:3:17", "s.yaml:5:8"]);

    [Theory]
    [InlineData(""), InlineData("[]"), InlineData("faults: []"), InlineData("faults: 3")]
    public void Parse_NoFaults_IsRefused(string yaml) => Should.Throw<UserErrorException>(() => FaultScheduleFile.Parse(yaml, "s.yaml")).Message.ShouldContain("a list of faults");
}
