using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Jobs;
using Kind = Inception.Distributed.Protocol.Order.WhatOneofCase;
using OrderCompleted = Inception.Distributed.Coordinator.Machine.OrderCompleted;

namespace Inception.Distributed.Coordinator.Tests.Machine;

public sealed class LossTests
{
    private static (SimulatedRun Run, SessionId First, SessionId Second) RunHeldAt(Kind kind, JobSpec? job = null)
    {
        var run = new SimulatedRun(TestJobs.Settings(2, job));
        run.Hold(kind);
        return (run, run.Join(), run.Join());
    }

    private static Protocol.Assignment LastAssignment(SimulatedRun run, SessionId session) =>
        run.SentTo(session).Last(message => message.Assignment is not null).Assignment;

    [Theory]
    [InlineData(Kind.Train, 0, new[] { "train 3" })]
    [InlineData(Kind.Checkpoint, 3, new[] { "checkpoint 3" })]
    [InlineData(Kind.Evaluate, 4, new[] { "evaluate 4" })]
    [InlineData(Kind.Finish, 6, new[] { "finish" })]
    public void MemberLost_InEveryKindOfOrder_TheOthersGoOnWithIt(Kind kind, long step, string[] orders)
    {
        var (run, first, second) = RunHeldAt(kind);
        var given = run.Orders.Count();
        run.Answer = (_, _) => null;
        run.Post(new WorkerLost(second, "its connection broke", step, "forward micro-batch 3"));

        run.Reasons.ShouldContain(
            $"Lost worker w2 on host2 (rank 1) in generation 1 after step {step}: its connection broke. "
            + "It was last known to be in forward micro-batch 3. Generation 2 is formed of 1 worker.");
        var assignment = LastAssignment(run, first);
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
        var (run, first, second) = RunHeldAt(Kind.Train);
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
        LastAssignment(run, sessions[3]).Rank.ShouldBe(2);
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
        var (run, first, second) = RunHeldAt(Kind.Train);
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
        var (run, _, second) = RunHeldAt(Kind.Train, TestJobs.Small with { Workers = new WorkersSpec { Min = 2 } });
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
    public void AllLost_TheNextOnesGoOnFromTheNewestCheckpoint()
    {
        var (run, first, second) = RunHeldAt(Kind.Evaluate);
        run.Post(new WorkerLost(first, "gone", 4, ""));
        run.Post(new WorkerLost(second, "gone", 4, ""));
        run.Reasons[^1].ShouldBe("Lost worker w2 on host2 (rank 0) in generation 2 after step 4: gone. Waiting for 1 worker, 0 of 1 ready.");
        run.Effects.OfType<FindCheckpoint>().ShouldBeEmpty("nobody needs it yet");

        run.Answer = (_, _) => null;
        run.Join();
        run.Effects.OfType<FindCheckpoint>().Count().ShouldBe(1);
        Formation.WaitsFor(run.State).ShouldBe("the search for the newest whole checkpoint");
        var third = run.Join();
        run.Post(new CheckpointFound(3, "/checkpoints/step-00000003"));
        run.Elapse<SettlingEnded>();

        var assignment = run.SentTo(third).First(message => message.Assignment is not null).Assignment;
        assignment.Members.Select(member => member.HoldsState).ShouldBe([false, false]);
        assignment.Start.ShouldBe(new Protocol.StartingPoint { Step = 3, Checkpoint = "/checkpoints/step-00000003" });
        run.Effects.OfType<Stand>().ShouldContain(new Stand(assignment.Generation, 3), "the files go back to it");
        run.Outcome.Ending.ShouldBe(RunEnding.Finished);
        run.Effects.OfType<RecordEvaluation>().Select(record => record.Evaluation.Step).ShouldBe([4, 6]);
    }

    [Fact]
    public void AllLost_BeforeTheFirstCheckpoint_StartsAgain()
    {
        var (run, first, second) = RunHeldAt(Kind.Train);
        run.Post(new WorkerLost(first, "gone", 2, ""));
        run.Post(new WorkerLost(second, "gone", 2, ""));
        run.Answer = (_, _) => null;
        run.Join();
        run.Post(new CheckpointFound(0, ""));
        run.Elapse<SettlingEnded>();

        run.Outcome.Ending.ShouldBe(RunEnding.Finished);
        run.Reasons.ShouldContain("All that held the state of the run are gone, and no checkpoint is whole; it starts again from the beginning.");
    }

    [Fact]
    public void AllLost_AndTheGenerationFromTheCheckpointBreaksToo_WhoLoadedItHoldsTheState()
    {
        var (run, first, second) = RunHeldAt(Kind.Evaluate);
        run.Post(new WorkerLost(first, "gone", 4, ""));
        run.Post(new WorkerLost(second, "gone", 4, ""));
        run.Answer = (session, message) => message.Assignment switch
        {
            null => null,
            { Members.Count: 2 } assignment => assignment.Rank == 0 ? [new WorkerFormed(session, assignment.Generation, 3, "5ta7e")] : [],
            var assignment => [new WorkerFormed(session, assignment.Generation, 3, "5ta7e", SourceRank: 0)],
        };
        run.Join();
        var fourth = run.Join();
        run.Post(new CheckpointFound(3, "/checkpoints/step-00000003"));
        run.Elapse<SettlingEnded>();
        run.Post(new WorkerLost(fourth, "gone", 3, ""));

        run.Effects.OfType<RecordGeneration>().Last().Generation.Members.Single().HoldsState.ShouldBeTrue();
        run.Outcome.Ending.ShouldBe(RunEnding.Finished);
    }

    [Fact]
    public void AllLost_AndTheCommittedCheckpointIsGone_FailsInsteadOfStartingAgain()
    {
        var (run, first, second) = RunHeldAt(Kind.Evaluate);
        run.Post(new WorkerLost(first, "gone", 4, ""));
        run.Post(new WorkerLost(second, "gone", 4, ""));
        run.Join();
        run.Post(new CheckpointFound(0, ""));

        run.Outcome.Reason.ShouldContain("/checkpoints/step-00000003, which was committed, is whole no more");
    }

    [Fact]
    public void HolderComesBack_WhenAllAreLost_ItsStateCounts()
    {
        var (run, first, second) = RunHeldAt(Kind.Evaluate);
        run.Post(new WorkerLost(first, "its connection broke", 4, ""));
        run.Post(new WorkerLost(second, "gone", 4, ""));
        run.Answer = (_, _) => null;
        run.Join("w2", new Standing(2, 2, 4, SimulatedRun.Alike));
        run.Elapse<SettlingEnded>();

        run.Effects.OfType<FindCheckpoint>().ShouldBeEmpty();
        run.Effects.OfType<RecordGeneration>().Last().Generation.Members.Single().HoldsState.ShouldBeTrue();
        run.Outcome.Ending.ShouldBe(RunEnding.Finished);
    }

    [Fact]
    public void SourceLostWhileItHandsOver_AndNobodyElseHoldsTheState_GoesOnFromTheNewestCheckpoint()
    {
        var (run, first, second) = RunHeldAt(Kind.Evaluate);
        // The survivor was one step behind, and its state half overwritten, when the source died.
        run.Answer = (session, message) => message.Assignment is { Generation: 2 } ? [new WorkerFormed(session, 2, 0, "initial", SourceRank: -1)] : null;
        run.Post(new WorkerLost(first, "gone", 4, ""));
        Formation.WaitsFor(run.State).ShouldBe("the search for the newest whole checkpoint");
        run.Post(new CheckpointFound(3, "/checkpoints/step-00000003"));
        run.Elapse<SettlingEnded>();

        run.SentTo(second).Last(message => message.Assignment is not null).Assignment.Members.Single().HoldsState.ShouldBeFalse();
        run.Outcome.Ending.ShouldBe(RunEnding.Finished);
    }

    [Fact]
    public void HolderOfAnOlderGenerationComesBack_ItsStateDoesNotCount()
    {
        var (run, first, second) = RunHeldAt(Kind.Train);
        run.Post(new WorkerLost(second, "its connection broke", 1, ""));
        run.Join("w2", new Standing(1, 1, 1, SimulatedRun.Alike));
        run.Elapse<SettlingEnded>();
        run.Post(new OrderCompleted(first, 2, 1, 2, "", ""));

        run.Generation.Members.Select(member => (member.WorkerId, member.HoldsState)).ShouldBe([("w1", true), ("w2", false)]);
    }

    [Fact]
    public void WriterOfACheckpointLost_AnotherIsOrderedWhereTheRunHasComeTo()
    {
        var run = new SimulatedRun(TestJobs.Settings(2));
        run.Answer = (session, message) => message.Order switch
        {
            { Checkpoint.Step: 3, Generation: 1 } => [new OrderCompleted(session, 1, 2, 3, "", "")], // It is being written.
            { Evaluate: not null } => [],
            _ => null,
        };
        var first = run.Join();
        run.Join();
        run.State.CheckpointsInFlight.ShouldBe([KeyValuePair.Create(3L, "w1")]);
        run.Answer = (_, _) => null;
        run.Post(new WorkerLost(first, "gone", 4, ""));

        run.Effects.OfType<RecordCheckpoint>().Select(record => record.Checkpoint.Step).ShouldBe([4, 6]);
        run.Outcome.Ending.ShouldBe(RunEnding.Finished);
    }

    [Fact]
    public void ReportOfACheckpoint_AfterItsGenerationIsOver_Counts()
    {
        var run = new SimulatedRun(TestJobs.Settings(2));
        run.Answer = (session, message) => message.Order switch
        {
            { Checkpoint.Step: 3 } => [new OrderCompleted(session, message.Order.Generation, message.Order.OrderId, 3, "", "")],
            { Evaluate: not null } => [],
            _ => null,
        };
        var first = run.Join();
        var second = run.Join();
        run.Post(new WorkerLost(second, "gone", 4, ""));
        run.Post(new CheckpointReported(first, 1, 3, "/checkpoints/step-00000003", "feed", 10, 1, ""));

        run.State.LastCheckpoint!.Step.ShouldBe(3);
        run.State.Progress.OwesCheckpoint.ShouldBeFalse();
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
    public void PeerReported_WaitsForTheCulpritsSession_AndNamesIt()
    {
        var (run, first, second) = RunHeldAt(Kind.Train);
        run.Post(new PeerReportedLost(first, 1, 2, "reduction of bucket 3", "connection reset"));

        run.Generation.Number.ShouldBe(1, "a survivor's word alone decides nothing");
        var timer = run.Effects.OfType<StartTimer>().Single();
        timer.Due.ShouldBe(Losses.EvidenceWindow);
        timer.Event.ShouldBe(new EvidenceWindowClosed(1));

        run.Post(new WorkerLost(second, "its connection broke", 2, ""));
        run.Reasons.ShouldContain(reason => reason.StartsWith(
            "Lost worker w2 on host2 (rank 1) in generation 1 after step 2: its connection broke. 1 of its peers noticed. Generation 2 ", StringComparison.Ordinal));
    }

    [Fact]
    public void PeerReported_NoSessionEnds_TheWindowClosesAndAllFormAnew()
    {
        var (run, first, _) = RunHeldAt(Kind.Train);
        run.Post(new PeerReportedLost(first, 1, 2, "reduction of bucket 3", "connection reset"));
        run.Post(new PeerReportedLost(first, 1, 2, "reduction of bucket 3", "said again"));
        run.Post(new EvidenceWindowClosed(1));

        run.Reasons.ShouldContain(reason => reason.Contains(
            "with every session still open: rank 0: a peer is gone after step 2, during reduction of bucket 3 (connection reset). Generation 2 is formed of 2 workers.",
            StringComparison.Ordinal));
    }

    [Fact]
    public void EveryMemberReports_DecidesWithoutWaiting()
    {
        var (run, first, second) = RunHeldAt(Kind.Train);
        run.Post(run.FormingFailure(second, "the store timed out"));
        run.Post(new PeerReportedLost(first, 1, 2, "reduction", "reset"));

        run.Generation.Number.ShouldBe(2);
        run.Reasons.ShouldContain(reason => reason.Contains("rank 0: a peer is gone", StringComparison.Ordinal)
            && reason.Contains("rank 1: the store timed out", StringComparison.Ordinal));
    }

    [Fact]
    public void GenerationsThatComeToNoStep_EndTheRunAtLast()
    {
        var run = new SimulatedRun(TestJobs.Settings(2))
        {
            Answer = (session, message) => message.Assignment is { } assignment ? [new FormingFailed(session, assignment.Generation, "no route to host")] : null,
        };
        run.Join();
        run.Join();

        run.State.LastGeneration.ShouldBe(Formation.MostFruitless);
        run.Outcome.ExitCode.ShouldBe(ExitCodes.Failed);
        run.Outcome.Reason.ShouldStartWith("20 generations in a row came to no further step");
        run.Outcome.Reason.ShouldContain("no route to host");
    }

    [Fact]
    public void MemberSaysThatItCantGoOn_TheOthersDo()
    {
        var (run, first, _) = RunHeldAt(Kind.Train);
        run.Post(new WorkerFailed(first, "out of memory.", IsUserError: false));

        run.Generation.Number.ShouldBe(2);
        run.Reasons.ShouldContain(reason => reason.StartsWith("Worker w1 on host1 (rank 0) can't go on: out of memory. Generation 2", StringComparison.Ordinal));
    }

    [Fact]
    public void MemberBlamesTheUsersInput_EndsTheRun()
    {
        var (run, first, _) = RunHeldAt(Kind.Train);
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
        var (run, _, _) = RunHeldAt(Kind.Train);
        run.Answer = (_, message) => message.Welcome is null ? null : [];
        run.Post(new WorkerFailed(run.Join(), "no such dataset.", IsUserError: true));

        run.State.Phase.ShouldBeOfType<Executing>();
    }

    [Fact]
    public void RanksFormFromDifferentStates_FailsAndNamesThem()
    {
        var run = new SimulatedRun(TestJobs.Settings(3));
        run.Answer = (session, message) => message.Assignment is { } assignment
            ? [new WorkerFormed(session, assignment.Generation, 0, assignment.Rank == 1 ? "bad" : "good")]
            : null;
        for (var i = 0; i < 3; i++) run.Join();

        run.Outcome.Reason.ShouldBe("The members of generation 1 do not start from the same state: good on ranks 0 and 2, bad on rank 1.");
    }

    [Fact]
    public void RanksFormBehindWhatAllHaveReached_Fails()
    {
        var (run, _, second) = RunHeldAt(Kind.Evaluate);
        run.Answer = (session, message) => message.Assignment is { } assignment ? [new WorkerFormed(session, assignment.Generation, 3, "old", SourceRank: 0)] : null;
        run.Post(new WorkerLost(second, "gone", 4, ""));

        run.Outcome.Reason.ShouldBe("Generation 2 should start at step 4 or a later one, but rank 0 is at step 3.");
    }

    [Fact]
    public void RanksEndWithDifferentHashes_Fails()
    {
        var (run, first, second) = RunHeldAt(Kind.Finish);
        run.Post(new OrderCompleted(first, 1, 8, 6, "aa", "aa"));
        run.Post(new OrderCompleted(second, 1, 8, 6, "aa", "bb"));

        run.Outcome.Ending.ShouldBe(RunEnding.Failed);
        run.Outcome.Reason.ShouldBe("The ranks end with different states: aa on rank 0, bb on rank 1.");
    }

    [Fact]
    public void RanksDivergeAtACheckpoint_FailsAndNamesThem()
    {
        var (run, first, second) = RunHeldAt(Kind.Checkpoint);
        run.Post(new OrderCompleted(first, 1, 2, 3, "", "aa"));
        run.Post(new OrderCompleted(second, 1, 2, 3, "", "bb"));

        run.Outcome.Reason.ShouldBe("The ranks' states differ at the checkpoint of step 3: aa on rank 0, bb on rank 1.");
    }

    [Theory]
    [InlineData(2, 3, "at different steps: step 2 on rank 0, step 3 on rank 1")]
    [InlineData(0, 0, "at step 0, having started it at step 0")]
    [InlineData(9, 9, "at step 9, having started it at step 0")]
    public void RanksEndTrainingWhereTheyCannot_Fails(long first, long second, string message)
    {
        var (run, one, two) = RunHeldAt(Kind.Train);
        run.Post(new OrderCompleted(one, 1, 1, first, "", ""));
        run.Post(new OrderCompleted(two, 1, 1, second, "", ""));

        run.Outcome.Reason.ShouldContain(message);
    }

    [Fact]
    public void EvaluationWithABlockMissing_Fails()
    {
        var (run, first, second) = RunHeldAt(Kind.Evaluate);
        var blocks = Enumerable.Range(0, 5).Select(index => new EvaluatedBlock(index, index == 4 ? 3 : 5, 0, 0, 0)).ToList();
        run.Post(new BlocksEvaluated(first, 1, 4, [.. blocks.Take(4)], 1));
        run.Post(new BlocksEvaluated(second, 1, 4, [blocks[3]], 1));
        run.Post(new OrderCompleted(first, 1, 4, 4, "", ""));
        run.Post(new OrderCompleted(second, 1, 4, 4, "", ""));

        run.Outcome.Reason.ShouldBe("The evaluation of step 4 is not whole: 20 of 23 images in blocks 0, 1, 2, 3.");
    }
}
