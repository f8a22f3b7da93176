using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Jobs;
using Kind = Inception.Distributed.Protocol.Order.WhatOneofCase;
using OrderCompleted = Inception.Distributed.Coordinator.Machine.OrderCompleted;

namespace Inception.Distributed.Coordinator.Tests.Machine;

/// <summary>Members that are gone, for whatever reason: the others go on.</summary>
public sealed class LossTests
{
    [Theory]
    [InlineData(Kind.Train, 0, new[] { "train 3" })]
    [InlineData(Kind.Checkpoint, 3, new[] { "checkpoint 3" })]
    [InlineData(Kind.Evaluate, 4, new[] { "evaluate 4" })]
    [InlineData(Kind.Finish, 6, new[] { "finish" })]
    public void MemberLost_InEveryKindOfOrder_TheOthersGoOnWithIt(Kind kind, long step, string[] orders)
    {
        var (run, first, second) = SimulatedRun.HeldAt(kind);
        var given = run.Orders.Count();
        run.Answer = (_, _) => null;
        run.Post(new WorkerLost(second, "its connection broke", step, "forward micro-batch 3"));

        run.Reasons.ShouldContain(
            $"Lost worker w2 on host2 (rank 1) in generation 1 after step {step}: its connection broke. "
            + "It was last known to be in forward micro-batch 3. Generation 2 is formed of 1 worker.");
        var assignment = run.LastAssignment(first);
        (assignment.Generation, assignment.Rank, assignment.Members.Count).ShouldBe((2, 0, 1));
        assignment.Members[0].HoldsState.ShouldBeTrue();
        (assignment.Members[0].FirstMicroBatch, assignment.Members[0].MicroBatchCount).ShouldBe((0, 6));
        run.Orders.Skip(given).Take(1).ShouldBe(orders);
        run.Outcome.ShouldBe(new RunOutcome(RunEnding.Finished, "All 6 steps are done.", ExitCodes.Finished, 6, 1, "abba", "abba"));
        run.Effects.OfType<RecordEvaluation>().Select(record => record.Evaluation.Step).ShouldBe([4, 6]);
    }

    [Fact]
    public void MemberLost_AfterStepsThatTheCoordinatorHasNotHeardOf_TheNextOrderBeginsThere()
    {
        var (run, first, second) = SimulatedRun.HeldAt(Kind.Train);
        run.HeldStep = 2;
        run.Post(new WorkerLost(second, "its connection broke", 2, ""));

        run.State.Progress.Step.ShouldBe(2);
        run.Effects.OfType<Stand>().Last().ShouldBe(new Stand(2, 2));
        run.SentTo(first).Last().Order.Train.UntilStep.ShouldBe(3);
    }

    [Fact]
    public void SurvivorsKeepTheirOrder_SparesFillUp()
    {
        var job = TestJobs.Small with { Workers = new WorkersSpec { Max = 3 } };
        var run = new SimulatedRun(TestJobs.Settings(3, job));
        run.Hold(Kind.Train);
        var sessions = Enumerable.Range(0, 5).Select(_ => run.Join()).ToList();
        run.Post(new WorkerLost(sessions[0], "its connection broke", 0, ""));

        run.Generation.Members.Select(member => (member.WorkerId, member.HoldsState)).ShouldBe([("w2", true), ("w3", true), ("w4", false)]);
        run.LastAssignment(sessions[3]).Rank.ShouldBe(2);
    }

    [Fact]
    public void MemberLost_WhileForming_TheOthersFormTheNextOne()
    {
        var run = new SimulatedRun(TestJobs.Settings(2)) { Answer = (_, message) => message.Assignment is null ? null : [] };
        run.Join();
        var second = run.Join();
        run.State.Phase.ShouldBeOfType<Forming>();
        run.Answer = (_, _) => null;
        run.Post(new WorkerLost(second, "no sign of life for 10 s", 0, ""));

        run.Outcome.Ending.ShouldBe(RunEnding.Finished);
        run.State.LastGeneration.ShouldBe(2);
    }

    [Fact]
    public void MemberLost_WhenItHadTakenTheStateOver_TheSourceIsLostToo_ItStillCounts()
    {
        var (run, first, second) = SimulatedRun.HeldAt(Kind.Train);
        run.HeldStep = 2;
        run.Post(new WorkerLost(second, "gone", 2, ""));
        run.Answer = (_, message) => message.Assignment is { Generation: 3 } ? [] : message.Order?.Train is null ? null : [];
        var joiner = run.Join();
        run.Elapse<SettlingEnded>();
        run.Post(new OrderCompleted(first, 2, 1, 3, "", "")); // Yields; generation 3 forms.
        run.Generation.Members.Select(member => (member.WorkerId, member.HoldsState)).ShouldBe([("w1", true), ("w3", false)]);

        run.Post(new WorkerFormed(joiner, 3, 3, "5ta7e", SourceRank: 0));
        run.Post(new WorkerLost(first, "gone", 3, ""));

        run.Generation.Members.Select(member => (member.WorkerId, member.HoldsState)).ShouldBe([("w3", true)]);
        run.State.Progress.Step.ShouldBe(3);
    }

    [Fact]
    public void FewerThanTheJobAsksFor_WaitsWithTheState_AndGoesOnWithTheNextJoiner()
    {
        var (run, _, second) = SimulatedRun.HeldAt(Kind.Train, TestJobs.Small with { Workers = new WorkersSpec { Min = 2 } });
        run.Post(new WorkerLost(second, "its connection broke", 2, ""));

        run.State.Phase.ShouldBeOfType<Waiting>();
        run.Reasons[^1].ShouldBe(
            "Lost worker w2 on host2 (rank 1) in generation 1 after step 2: its connection broke. Waiting for 1 more worker, 1 of 2 ready.");
        Formation.WaitsFor(run.State).ShouldBe("1 more worker, 1 of 2 ready");

        run.Answer = (_, _) => null;
        run.Join();
        run.State.Phase.ShouldBeOfType<Waiting>("joiners that come together enter together");
        run.Elapse<SettlingEnded>();

        run.Effects.OfType<RecordGeneration>().Last().Generation.Members.Select(member => member.HoldsState).ShouldBe([true, false]);
        run.Outcome.Ending.ShouldBe(RunEnding.Finished);
    }

    [Fact]
    public void SpareLost_ChangesNothingForTheRun()
    {
        var run = new SimulatedRun(TestJobs.Settings(1, TestJobs.Small with { Workers = new WorkersSpec { Max = 1 } }));
        run.Hold(Kind.Train);
        run.Join();
        var spare = run.Join();
        run.Post(new WorkerLost(spare, "it closed its session", 0, ""));

        run.Generation.Number.ShouldBe(1);
        run.State.Workers.Length.ShouldBe(1);
    }

    [Fact]
    public void MemberSaysThatItCantGoOn_TheOthersDo()
    {
        var (run, first, _) = SimulatedRun.HeldAt(Kind.Train);
        run.Post(new WorkerFailed(first, "out of memory.", IsUserError: false));

        run.Generation.Number.ShouldBe(2);
        run.Reasons.ShouldContain(reason => reason.StartsWith("Worker w1 on host1 (rank 0) can't go on: out of memory. Generation 2", StringComparison.Ordinal));
    }

    [Fact]
    public void MemberBlamesTheUsersInput_EndsTheRun()
    {
        var (run, first, _) = SimulatedRun.HeldAt(Kind.Train);
        run.Post(new WorkerFailed(first, "train-images-idx3-ubyte.gz is truncated.", IsUserError: true));

        run.Outcome.Reason.ShouldStartWith("Worker w1 on host1 (rank 0) can't go on: train-images-idx3-ubyte.gz is truncated.");
        run.Outcome.ExitCode.ShouldBe(ExitCodes.UserError);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void WorkerThatIsNoMember_EndsTheRunOnlyByTheUsersMistake(bool isUserError, bool ends)
    {
        var run = new SimulatedRun(TestJobs.Settings(2));
        run.Post(new WorkerFailed(run.Join(), "no such dataset.", isUserError));

        (run.State.Phase is Ended).ShouldBe(ends);
        if (ends) run.Outcome.ExitCode.ShouldBe(ExitCodes.UserError);
        run.State.Workers.ShouldBeEmpty();
    }

    [Fact]
    public void JoinerWithABadDataset_DoesNotEndARunThatTrains()
    {
        var (run, _, _) = SimulatedRun.HeldAt(Kind.Train);
        run.Answer = (_, message) => message.Welcome is null ? null : [];
        run.Post(new WorkerFailed(run.Join(), "no such dataset.", IsUserError: true));

        run.State.Phase.ShouldBeOfType<Executing>();
    }
}
