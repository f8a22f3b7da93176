using Inception.Distributed.Coordinator.Machine;
using Kind = Inception.Distributed.Protocol.Order.WhatOneofCase;
using OrderCompleted = Inception.Distributed.Coordinator.Machine.OrderCompleted;

namespace Inception.Distributed.Coordinator.Tests.Machine;

public sealed class LossTests
{
    private static (SimulatedRun Run, SessionId First, SessionId Second) RunHeldAt(Kind kind)
    {
        var run = new SimulatedRun(TestJobs.Settings(2));
        run.Hold(kind);
        return (run, run.Join(), run.Join());
    }

    [Theory]
    [InlineData(Kind.Train, 0, "no checkpoint has been written yet")]
    [InlineData(Kind.Checkpoint, 3, "no checkpoint has been written yet")]
    [InlineData(Kind.Evaluate, 4, "the newest checkpoint is /checkpoints/step-00000003")]
    [InlineData(Kind.Finish, 6, "the newest checkpoint is /checkpoints/step-00000006")]
    public void MemberLost_InEveryKindOfOrder_EndsTheRunAndNamesWhoWhatAndTheCheckpoint(Kind kind, long step, string checkpoint)
    {
        var (run, first, second) = RunHeldAt(kind);
        run.Post(new WorkerLost(second, "its connection broke", step, "forward micro-batch 3"));

        run.Outcome.Ending.ShouldBe(RunEnding.Failed);
        run.Outcome.ExitCode.ShouldBe(ExitCodes.Failed);
        run.Outcome.Reason.ShouldBe(
            $"Lost worker w2 on host2 (rank 1) in generation 1 after step {step}: its connection broke. "
            + $"It was last known to be in forward micro-batch 3. {char.ToUpperInvariant(checkpoint[0])}{checkpoint[1..]}.", StringCompareShould.IgnoreLineEndings);
        run.SentTo(first).Last().Finished.State.ShouldBe("failed");
        run.SentTo(second).ShouldNotContain(message => message.Finished != null);
    }

    [Fact]
    public void MemberLost_WhileForming_EndsTheRun()
    {
        var run = new SimulatedRun(TestJobs.Settings(2)) { Answer = (_, message) => message.Assignment is null ? null : [] };
        run.Join();
        var second = run.Join();
        run.State.Phase.ShouldBeOfType<Forming>();
        run.Post(new WorkerLost(second, "no sign of life for 10 s", 0, ""));

        run.Outcome.Reason.ShouldStartWith("Lost worker w2 on host2 (rank 1) in generation 1 after step 0: no sign of life for 10 s.");
    }

    [Fact]
    public void SpareLost_ChangesNothingForTheRun()
    {
        var run = new SimulatedRun(TestJobs.Settings(1));
        run.Hold(Kind.Train);
        run.Join();
        var spare = run.Join();
        run.Post(new WorkerLost(spare, "it closed its session", 0, ""));

        run.State.Phase.ShouldBeOfType<Executing>();
        run.State.Workers.Length.ShouldBe(1);
    }

    [Fact]
    public void PeerReported_WaitsForTheCulpritsSession_AndNamesIt()
    {
        var (run, first, second) = RunHeldAt(Kind.Train);
        run.Post(new PeerReportedLost(first, 1, 2, "reduction of bucket 3", "connection reset"));

        run.State.Phase.ShouldBeOfType<Executing>("a survivor's word alone decides nothing");
        var timer = run.Effects.OfType<StartTimer>().Single();
        timer.Due.ShouldBe(Losses.EvidenceWindow);
        timer.Event.ShouldBe(new EvidenceWindowClosed(1));

        run.Post(new WorkerLost(second, "its connection broke", 2, ""));
        run.Outcome.Reason.ShouldStartWith("Lost worker w2 on host2 (rank 1) in generation 1 after step 2: its connection broke. 1 of its peers noticed.");
    }

    [Fact]
    public void PeerReported_NoSessionEnds_TheWindowClosesAndTheWitnessesAreQuoted()
    {
        var (run, first, _) = RunHeldAt(Kind.Train);
        run.Post(new PeerReportedLost(first, 1, 2, "reduction of bucket 3", "connection reset"));
        run.Post(new PeerReportedLost(first, 1, 2, "reduction of bucket 3", "said again"));
        run.Post(new EvidenceWindowClosed(1));

        run.Outcome.Reason.ShouldContain("with every session still open: rank 0: a peer is gone after step 2, during reduction of bucket 3 (connection reset).");
        run.Outcome.ExitCode.ShouldBe(ExitCodes.Failed);
    }

    [Fact]
    public void EveryMemberReports_DecidesWithoutWaiting()
    {
        var (run, first, second) = RunHeldAt(Kind.Train);
        run.Post(run.FormingFailure(second, "the store timed out"));
        run.Post(new PeerReportedLost(first, 1, 2, "reduction", "reset"));

        run.Outcome.Reason.ShouldContain("rank 0: a peer is gone");
        run.Outcome.Reason.ShouldContain("rank 1: the store timed out");
    }

    [Theory]
    [InlineData(false, ExitCodes.Failed)]
    [InlineData(true, ExitCodes.UserError)]
    public void MemberSaysThatItCantGoOn_EndsTheRunWithItsReason(bool isUserError, int exitCode)
    {
        var (run, first, _) = RunHeldAt(Kind.Train);
        run.Post(new WorkerFailed(first, "train-images-idx3-ubyte.gz is truncated.", isUserError));

        run.Outcome.Reason.ShouldStartWith("Worker w1 on host1 (rank 0) can't go on: train-images-idx3-ubyte.gz is truncated.");
        run.Outcome.ExitCode.ShouldBe(exitCode);
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
    public void EvaluationWithABlockMissingOrTwice_Fails()
    {
        var (run, first, second) = RunHeldAt(Kind.Evaluate);
        var blocks = Enumerable.Range(0, 5).Select(index => new EvaluatedBlock(index, index == 4 ? 3 : 5, 0, 0, 0)).ToList();
        run.Post(new BlocksEvaluated(first, 1, 4, [.. blocks.Take(4)], 1));
        run.Post(new BlocksEvaluated(second, 1, 4, [blocks[3]], 1));
        run.Post(new OrderCompleted(first, 1, 4, 4, "", ""));
        run.Post(new OrderCompleted(second, 1, 4, 4, "", ""));

        run.Outcome.Reason.ShouldBe("The evaluation of step 4 is not whole: 25 of 23 images in blocks 0, 1, 2, 3, 3.");
    }
}
