using Inception.Distributed.Coordinator.Machine;
using Kind = Inception.Distributed.Protocol.Order.WhatOneofCase;
using OrderCompleted = Inception.Distributed.Coordinator.Machine.OrderCompleted;

namespace Inception.Distributed.Coordinator.Tests.Machine;

/// <summary>Members that say different things of what must be alike.</summary>
public sealed class DisagreementTests
{
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
        var (run, _, second) = SimulatedRun.HeldAt(Kind.Evaluate);
        run.Answer = (session, message) => message.Assignment is { } assignment ? [new WorkerFormed(session, assignment.Generation, 3, "old", SourceRank: 0)] : null;
        run.Post(new WorkerLost(second, "gone", 4, ""));

        run.Outcome.Reason.ShouldBe("Generation 2 should start at step 4 or a later one, but rank 0 is at step 3.");
    }

    [Fact]
    public void RanksEndWithDifferentHashes_Fails()
    {
        var (run, first, second) = SimulatedRun.HeldAt(Kind.Finish);
        run.Post(new OrderCompleted(first, 1, 8, 6, "aa", "aa"));
        run.Post(new OrderCompleted(second, 1, 8, 6, "aa", "bb"));

        run.Outcome.Ending.ShouldBe(RunEnding.Failed);
        run.Outcome.Reason.ShouldBe("The ranks end with different states: aa on rank 0, bb on rank 1.");
    }

    [Fact]
    public void RanksDivergeAtACheckpoint_FailsAndNamesThem()
    {
        var (run, first, second) = SimulatedRun.HeldAt(Kind.Checkpoint);
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
        var (run, one, two) = SimulatedRun.HeldAt(Kind.Train);
        run.Post(new OrderCompleted(one, 1, 1, first, "", ""));
        run.Post(new OrderCompleted(two, 1, 1, second, "", ""));

        run.Outcome.Reason.ShouldContain(message);
    }

    [Fact]
    public void EvaluationWithABlockMissing_Fails()
    {
        var (run, first, second) = SimulatedRun.HeldAt(Kind.Evaluate);
        var blocks = Enumerable.Range(0, 5).Select(index => new EvaluatedBlock(index, index == 4 ? 3 : 5, 0, 0, 0)).ToList();
        run.Post(new BlocksEvaluated(first, 1, 4, [.. blocks.Take(4)], 1));
        run.Post(new BlocksEvaluated(second, 1, 4, [blocks[3]], 1));
        run.Post(new OrderCompleted(first, 1, 4, 4, "", ""));
        run.Post(new OrderCompleted(second, 1, 4, 4, "", ""));

        run.Outcome.Reason.ShouldBe("The evaluation of step 4 is not whole: 20 of 23 images in blocks 0, 1, 2, 3.");
    }
}
