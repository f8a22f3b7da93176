using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using FormingFailed = Inception.Distributed.Coordinator.Machine.FormingFailed;
using Kind = Inception.Distributed.Protocol.Order.WhatOneofCase;
using OrderCompleted = Inception.Distributed.Coordinator.Machine.OrderCompleted;
using Standing = Inception.Distributed.Coordinator.Machine.Standing;

namespace Inception.Distributed.Coordinator.Tests.Machine;

/// <summary>Members whose sessions live and whose peers wait for them in vain.</summary>
public sealed class ExclusionTests
{
    private static (SimulatedRun Run, SessionId[] Sessions) HeldInTraining(int workers)
    {
        var run = new SimulatedRun(TestJobs.Settings(workers));
        run.Hold(Kind.Train);
        return (run, [.. Enumerable.Range(0, workers).Select(_ => run.Join())]);
    }

    private static PeerReportedLost Complaint(SimulatedRun run, SessionId session, params int[] unheard) =>
        new(session, run.Generation.Number, 2, "reduction", "nothing came", unheard);

    private static string[] Members(SimulatedRun run) => [.. run.Generation.Members.Select(member => member.WorkerId)];

    private static LeftOut? ToldTo(SimulatedRun run, SessionId session) => run.SentTo(session).LastOrDefault(message => message.LeftOut is not null)?.LeftOut;

    [Fact]
    public void AllOthersWaitForOneThatSaysNothing_TheNextGenerationIsFormedWithoutIt()
    {
        var (run, sessions) = HeldInTraining(3);
        run.Post(Complaint(run, sessions[0], 1));
        run.Post(Complaint(run, sessions[2])); // Its connections broke with the first one's time-out.

        Members(run).ShouldBe(["w1", "w3"]);
        run.Reasons.ShouldContain(
            "Generation 1 broke after step 0, with every session still open: rank 0: a peer is gone after step 2, during reduction (nothing came); "
            + "rank 2: a peer is gone after step 2, during reduction (nothing came). Worker w2 on host2 (rank 1) was waited for in vain, though it gives signs of life; "
            + "it is left out for 10 s and until its training thread answers. Generation 2 is formed of 2 workers.");
        ToldTo(run, sessions[1])!.Generation.ShouldBe(1);
        run.Effects.OfType<StartTimer>().Last(timer => timer.Event is ReadmissionDue).Due.ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void OneOfTwoHangs_TheOtherGoesOnAlone()
    {
        var (run, sessions) = HeldInTraining(2);
        run.Post(Complaint(run, sessions[1], 0));

        Members(run).ShouldBe(["w2"]);
    }

    [Fact]
    public void SomeHaveNotComplainedYet_AreWaitedFor()
    {
        var (run, sessions) = HeldInTraining(4);
        run.Post(Complaint(run, sessions[0], 1));
        run.Post(Complaint(run, sessions[2], 1));

        run.Generation.Number.ShouldBe(1);
        run.Elapse<EvidenceWindowClosed>();
        Members(run).ShouldBe(["w1", "w3", "w4"], "the last one has complained of nobody, and nobody of it");
    }

    [Theory]
    [InlineData(0, 2, "w1,w2")]
    [InlineData(2, 0, "w1,w2")]
    [InlineData(0, 1, "w1,w3")]
    public void TwoThatDoNotReachEachOther_TheHigherRankIsLeftOut(int one, int other, string members)
    {
        var (run, sessions) = HeldInTraining(3);
        run.Post(Complaint(run, sessions[one], other));
        run.Post(Complaint(run, sessions[other], one));
        if (run.Generation.Number == 1) run.Post(Complaint(run, sessions[3 - one - other]));

        string.Join(',', Members(run)).ShouldBe(members);
    }

    [Fact]
    public void OneThatReachesNobody_IsLeftOut_WhateverItsRank()
    {
        var (run, sessions) = HeldInTraining(3);
        run.Post(Complaint(run, sessions[0], 1));
        run.Post(Complaint(run, sessions[1], 0));
        run.Post(Complaint(run, sessions[2], 0));

        Members(run).ShouldBe(["w2", "w3"]);
    }

    [Fact]
    public void JoinerAndHolderDoNotReachEachOther_TheJoinerIsLeftOut()
    {
        var (run, sessions) = HeldInTraining(1);
        var joiner = run.Join();
        run.Answer = (session, message) => message.Assignment is { Members.Count: 2 } assignment
            ? [new FormingFailed(session, assignment.Generation, "no route", [1 - assignment.Rank])] : message.Order?.Train is null ? null : [];
        run.Elapse<SettlingEnded>();
        run.Post(new OrderCompleted(sessions[0], 1, 1, 1, "", ""));

        Members(run).ShouldBe(["w1"]);
        run.Generation.Number.ShouldBe(3);
        ToldTo(run, joiner)!.Generation.ShouldBe(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LeftOut_ComesInAgain_OnceItHasAnsweredAndItsTimeIsOver(bool answersFirst)
    {
        var (run, sessions) = HeldInTraining(2);
        run.Post(Complaint(run, sessions[0], 1));
        var available = new WorkerAvailable(sessions[1], ToldTo(run, sessions[1])!.Ticket);
        if (answersFirst) run.Post(available);
        else run.Elapse<ReadmissionDue>();
        run.Generation.Number.ShouldBe(2);
        run.State.Find("w2")!.CanWork.ShouldBeFalse();

        if (answersFirst) run.Elapse<ReadmissionDue>();
        else run.Post(available);
        run.Elapse<SettlingEnded>();
        run.Post(new OrderCompleted(sessions[0], 2, 1, 1, "", ""));

        Members(run).ShouldBe(["w1", "w2"]);
        run.Generation.Members[1].HoldsState.ShouldBeFalse("it takes the state over, like any joiner");
    }

    [Fact]
    public void LeftOutAgainAndAgain_ForTwiceAsLong_UpToALimit()
    {
        var (run, sessions) = HeldInTraining(2);
        for (var time = 0; time < 9; time++)
        {
            run.Post(Complaint(run, sessions[0], 1));
            run.Post(new WorkerAvailable(sessions[1], ToldTo(run, sessions[1])!.Ticket));
            run.Elapse<ReadmissionDue>();
            run.Elapse<SettlingEnded>();
            run.Post(new OrderCompleted(sessions[0], run.Generation.Number, 1, 1, "", ""));
        }

        run.Effects.OfType<StartTimer>().Where(timer => timer.Event is ReadmissionDue).Select(timer => timer.Due.TotalSeconds)
            .ShouldBe([10, 20, 40, 80, 160, 320, 640, 640, 640]);
    }

    [Fact]
    public void TooFewAreLeft_WaitsAndSaysWhy()
    {
        var run = new SimulatedRun(TestJobs.Settings(2, TestJobs.Small with { Workers = new WorkersSpec { Min = 2 } }));
        run.Hold(Kind.Train);
        var first = run.Join();
        run.Join();
        run.Post(Complaint(run, first, 1));

        Formation.WaitsFor(run.State).ShouldBe("1 more worker, 1 of 2 ready (w2 on host2 left out for a while)");
    }

    [Fact]
    public void CoordinatorStartedAnew_TheTimeBeginsAgain_AndTheWorkerIsToldAgain()
    {
        var (run, sessions) = HeldInTraining(2);
        run.Post(Complaint(run, sessions[0], 1));
        var ticket = ToldTo(run, sessions[1])!.Ticket;
        run.Effects.Clear();
        run.Post(new CoordinatorStarted(2));
        run.Join("w1", new Standing(2, 2, 0, SimulatedRun.Alike));
        var back = run.Join("w2", new Standing(1, 1, 0, SimulatedRun.Alike));

        ToldTo(run, back)!.Ticket.ShouldBe(ticket);
        run.Post(new WorkerAvailable(back, ticket));
        run.Elapse<ReadmissionDue>();
        run.State.Find("w2")!.CanWork.ShouldBeTrue();
    }

    [Theory]
    [InlineData(Kind.Evaluate, "the evaluation of step 4")]
    [InlineData(Kind.Checkpoint, "the checkpoint of step 3")]
    public void OneHangsWhereNobodyWaitsForIt_IsFoundOutByTheOthersEnd(Kind kind, string what)
    {
        var (run, first, _) = SimulatedRun.HeldAt(kind);
        var order = run.SentTo(first).Last().Order;
        run.Post(new OrderCompleted(first, 1, order.OrderId, run.State.Progress.Step, "", ""));
        var timer = run.Effects.OfType<StartTimer>().Last();
        timer.Due.ShouldBe(TimeSpan.FromSeconds(60));
        run.Answer = (_, message) => message.Order is null ? null : [];
        run.Post(timer.Event);

        Members(run).ShouldBe(["w1"]);
        run.Reasons.ShouldContain(reason =>
            reason.StartsWith($"1 member of generation 1 completed {what} long ago, and worker w2 on host2 (rank 1) did not.", StringComparison.Ordinal));
    }

    [Fact]
    public void LastOrderWaitsForACheckpointOnASlowDisk_NobodyIsLeftOut()
    {
        var run = new SimulatedRun(TestJobs.Settings(2));
        run.Answer = (session, message) => message.Order switch
        {
            { Checkpoint: not null } order => [new OrderCompleted(session, 1, order.OrderId, run.State.Progress.Step, "", "")], // It is being written.
            { Finish: not null } => [],
            _ => null,
        };
        run.Join();
        var second = run.Join();
        run.Post(new OrderCompleted(second, 1, run.SentTo(second).Last().Order.OrderId, 6, "abba", "abba"));
        run.Elapse<OrderOverdue>();

        run.Generation.Number.ShouldBe(1);
        run.Effects.OfType<StartTimer>().Count(timer => timer.Event is OrderOverdue).ShouldBeGreaterThan(1, "it is looked at again");
    }
}
