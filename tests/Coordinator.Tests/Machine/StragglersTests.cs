using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Jobs;
using Kind = Inception.Distributed.Protocol.Order.WhatOneofCase;
using OrderCompleted = Inception.Distributed.Coordinator.Machine.OrderCompleted;

namespace Inception.Distributed.Coordinator.Tests.Machine;

public sealed class StragglersTests
{
    private const string Sentence = "Worker w2 on host2 keeps the others waiting: computation takes it 2.5 times as long as the others (0.5 s a micro-batch against 0.2 s).";

    private static (SimulatedRun Run, SessionId First, SessionId Second) Found(StragglersPolicy policy, int min = 1)
    {
        var (run, first, second) = SimulatedRun.HeldAt(
            Kind.Train, TestJobs.Small with { Workers = new WorkersSpec { Min = min, Stragglers = new StragglersSpec { Policy = policy } } });
        run.Post(new StragglerFound(second, "computation", 0.5, 0.2));
        return (run, first, second);
    }

    [Fact]
    public void Logged_IsNamed_AndStays()
    {
        var (run, _, second) = Found(StragglersPolicy.Log);

        run.Reasons[^1].ShouldBe(Sentence);
        run.State.Find(second)!.Leaving.ShouldBeNull();
        run.Post(new StragglerCaughtUp(second));
        run.Reasons[^1].ShouldBe("Worker w2 on host2 keeps up with the others again.");
    }

    [Fact]
    public void Drained_LeavesAtTheBorder_AndTheOthersTakeItsPlace()
    {
        var (run, first, second) = Found(StragglersPolicy.Drain);
        run.Reasons[^1].ShouldStartWith($"{Sentence} Worker w2 on host2 is to leave: it keeps the others waiting.");
        foreach (var session in new[] { first, second }) run.Post(new OrderCompleted(session, 1, 1, 1, "", ""));

        run.Generation.Members.Select(member => (member.WorkerId, member.MicroBatches.Count)).ShouldBe([("w1", 6)]);
        run.SentTo(second).Last().Finished.State.ShouldBe("drained");
    }

    [Fact]
    public void Drained_ButTooFewWouldBeLeft_Stays()
    {
        var (run, _, second) = Found(StragglersPolicy.Drain, min: 2);

        run.Reasons[^1].ShouldBe($"{Sentence} It stays, since 2 workers must be left.");
        run.State.Find(second)!.Leaving.ShouldBeNull();
    }
}
