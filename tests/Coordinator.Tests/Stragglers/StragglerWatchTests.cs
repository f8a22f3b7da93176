using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Stragglers;
using Inception.Distributed.Coordinator.Tests.Machine;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Kind = Inception.Distributed.Protocol.Order.WhatOneofCase;

namespace Inception.Distributed.Coordinator.Tests.Stragglers;

public sealed class StragglerWatchTests
{
    private const int Window = 4;

    private readonly SimulatedRun _run;
    private readonly SessionId[] _sessions;
    private readonly StragglerWatch _watch;
    private long _step;

    public StragglerWatchTests()
    {
        var spec = new StragglersSpec { Window = Window };
        _run = new SimulatedRun(TestJobs.Settings(3, TestJobs.Small with { Workers = new WorkersSpec { Stragglers = spec } }));
        _run.Hold(Kind.Train);
        _sessions = [.. Enumerable.Range(0, 3).Select(_ => _run.Join())];
        _watch = new StragglerWatch(spec);
    }

    /// <summary>Steps of the three ranks, each of which has two micro-batches, with these seconds of data and of computation a micro-batch.</summary>
    private List<RunEvent> Steps(int count, params (double Data, double Compute)[] seconds)
    {
        var news = new List<RunEvent>();
        for (var i = 0; i < count; i++, _step++)
        {
            for (var rank = 0; rank < 3; rank++)
            {
                var (data, compute) = seconds[rank];
                var report = new StepReport
                {
                    Step = _step + 1,
                    Seconds = 1,
                    Phases = new PhaseSeconds { Data = 2 * data, Forward = compute / 2, Backward = 1.5 * compute, Reduction = 9 },
                };
                if (_watch.Add(_run.State, _run.Generation, _run.State.Find(_sessions[rank])!, report) is not { } found) continue;
                _run.Post(found);
                news.Add(found);
            }
        }
        return news;
    }

    [Fact]
    public void SlowComputation_IsFoundOnceTheWindowsAreFull()
    {
        Steps(Window, (0.01, 0.2), (0.01, 0.5), (0.01, 0.2)).ShouldBeEmpty("the first step does not count");
        Steps(3, (0.01, 0.2), (0.01, 0.5), (0.01, 0.2)).ShouldBe([new StragglerFound(_sessions[1], "computation", 0.5, 0.2)]);
    }

    [Fact]
    public void SlowData_IsFoundAsSuch() =>
        Steps(Window + 2, (0.01, 0.2), (0.01, 0.2), (0.3, 0.25)).ShouldBe([new StragglerFound(_sessions[2], "data", 0.3, 0.01)]);

    [Fact]
    public void TwiceAsLong_ButNotWorthMentioning_IsNone() => Steps(20, (0.01, 0.2), (0.03, 0.2), (0.01, 0.2)).ShouldBeEmpty();

    [Fact]
    public void OneSlowStep_IsNone()
    {
        Steps(10, (0.01, 0.2), (0.01, 0.2), (0.01, 0.2));
        Steps(1, (0.01, 5), (0.01, 0.2), (0.01, 0.2)).ShouldBeEmpty();
    }

    [Fact]
    public void CatchesUp_IsSaid_NotAtTheLimit()
    {
        Steps(10, (0.01, 0.2), (0.01, 0.5), (0.01, 0.2));
        Steps(10, (0.01, 0.2), (0.01, 0.29), (0.01, 0.2)).ShouldBeEmpty("it is still close to the limit");
        Steps(10, (0.01, 0.2), (0.01, 0.22), (0.01, 0.2)).ShouldBe([new StragglerCaughtUp(_sessions[1])]);
    }

    [Fact]
    public void Ignored_NobodyLooks()
    {
        var watch = new StragglerWatch(new StragglersSpec { Policy = StragglersPolicy.Ignore, Window = 3 });
        for (var step = 1; step < 9; step++)
            watch.Add(_run.State, _run.Generation, _run.State.Find(_sessions[0])!, new StepReport { Step = step, Phases = new PhaseSeconds { Forward = step } }).ShouldBeNull();
    }
}
