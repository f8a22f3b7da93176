using Inception.Distributed.Coordinator.Machine;
using Kind = Inception.Distributed.Protocol.Order.WhatOneofCase;
using OrderCompleted = Inception.Distributed.Coordinator.Machine.OrderCompleted;
using Standing = Inception.Distributed.Coordinator.Machine.Standing;

namespace Inception.Distributed.Coordinator.Tests.Machine;

/// <summary>Nobody is left who holds the state of the run.</summary>
public sealed class AllLostTests
{
    [Fact]
    public void AllLost_TheNextOnesGoOnFromTheNewestCheckpoint()
    {
        var (run, first, second) = SimulatedRun.HeldAt(Kind.Evaluate);
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
        var (run, first, second) = SimulatedRun.HeldAt(Kind.Train);
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
        var (run, first, second) = SimulatedRun.HeldAt(Kind.Evaluate);
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
        var (run, first, second) = SimulatedRun.HeldAt(Kind.Evaluate);
        run.Post(new WorkerLost(first, "gone", 4, ""));
        run.Post(new WorkerLost(second, "gone", 4, ""));
        run.Join();
        run.Post(new CheckpointFound(0, ""));

        run.Outcome.Reason.ShouldContain("/checkpoints/step-00000003, which was committed, is whole no more");
    }

    [Fact]
    public void HolderComesBack_WhenAllAreLost_ItsStateCounts()
    {
        var (run, first, second) = SimulatedRun.HeldAt(Kind.Evaluate);
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
        var (run, first, second) = SimulatedRun.HeldAt(Kind.Evaluate);
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
        var (run, first, second) = SimulatedRun.HeldAt(Kind.Train);
        run.Post(new WorkerLost(second, "its connection broke", 1, ""));
        run.Join("w2", new Standing(1, 1, 1, SimulatedRun.Alike));
        run.Elapse<SettlingEnded>();
        run.Post(new OrderCompleted(first, 2, 1, 2, "", ""));

        run.Generation.Members.Select(member => (member.WorkerId, member.HoldsState)).ShouldBe([("w1", true), ("w2", false)]);
    }
}
