using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Tests.Machine;

public sealed class WholeRunTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    public void AllWorkersObey_RunFinishesWithTheSameOrdersForEveryNumberOfThem(int workers)
    {
        var run = new SimulatedRun(TestJobs.Settings(workers));
        for (var i = 0; i < workers; i++) run.Join();

        run.Orders.ShouldBe([
            "train 3", "checkpoint 3", "train 4", "evaluate 4", "train 6", "checkpoint 6", "evaluate 6", "finish"]);
        run.Outcome.ShouldBe(new RunOutcome(RunEnding.Finished, "All 6 steps are done.", ExitCodes.Finished, 6, workers, "abba", "abba"));
        run.Effects.OfType<EndRun>().Count().ShouldBe(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Evaluation_AddsUpEveryBlockOnce_WhoeverEvaluatedIt(int workers)
    {
        var run = new SimulatedRun(TestJobs.Settings(workers));
        for (var i = 0; i < workers; i++) run.Join();

        var evaluations = run.Effects.OfType<RecordEvaluation>().Select(record => record.Evaluation).ToList();
        evaluations.Select(evaluation => evaluation.Step).ShouldBe([4, 6]);
        evaluations[^1].ShouldBe(new EvaluationOutcome(
            6, 72.0 / 37, Top1: 5.0 / 23, Top5: 18.0 / 23, Loss: (0 + 1 + 2 + 3 + 4) / 23.0, Images: 23, Seconds: workers));
    }

    [Fact]
    public void Evaluation_OfAveragedAndRawWeights_AddsUpBoth()
    {
        var run = new SimulatedRun(TestJobs.Settings(2)) { KeepsAverage = true };
        run.Join();
        run.Join();

        run.State.LastEvaluation.ShouldBe(new EvaluationOutcome(
            6, 72.0 / 37, Top1: 5.0 / 23, Top5: 18.0 / 23, Loss: 10.0 / 23, Images: 23, Seconds: 2, Top1Raw: 0, Top5Raw: 5.0 / 23, LossRaw: 20.0 / 23));
        run.Reasons.ShouldContain("Evaluation at step 6: top-1 21.74 %, top-5 78.26 %, loss 0.4348 with averaged weights; "
            + "0.00 %, 21.74 %, 0.8696 with the raw ones.");
    }

    [Fact]
    public void Members_GetRanksByJoinOrderAndContiguousMicroBatches()
    {
        var run = new SimulatedRun(TestJobs.Settings(4));
        var sessions = Enumerable.Range(0, 4).Select(_ => run.Join()).ToList();

        for (var rank = 0; rank < 4; rank++)
        {
            var assignment = run.SentTo(sessions[rank]).Single(message => message.Assignment is not null).Assignment;
            assignment.Generation.ShouldBe(1);
            assignment.Rank.ShouldBe(rank);
            assignment.Members.Select(member => member.WorkerId).ShouldBe(["w1", "w2", "w3", "w4"]);
            assignment.Members.Select(member => (member.FirstMicroBatch, member.MicroBatchCount)).ShouldBe([(0, 2), (2, 2), (4, 1), (5, 1)]);
            assignment.Start.ShouldBe(new Protocol.StartingPoint { Step = 0, Checkpoint = "" });
        }
    }

    [Fact]
    public void Rendezvous_OpensBeforeAnyMemberHearsOfTheGeneration()
    {
        var run = new SimulatedRun(TestJobs.Settings(2));
        run.Join();
        run.Join();

        var open = run.Effects.FindIndex(effect => effect is OpenRendezvous { Generation: 1 });
        var first = run.Effects.FindIndex(effect => effect is Send { Message.Assignment: not null });
        open.ShouldBeInRange(0, first - 1);
    }

    [Fact]
    public void EverySession_HearsTheEnd_SparesToo()
    {
        var run = new SimulatedRun(TestJobs.Settings(1));
        run.Hold(Protocol.Order.WhatOneofCase.Finish);
        var member = run.Join();
        var spare = run.Join();
        run.Answer = (_, _) => null;
        run.Post(new Coordinator.Machine.OrderCompleted(member, 1, 8, 6, "abba", "abba"));

        foreach (var session in new[] { member, spare })
            run.SentTo(session).Last().Finished.State.ShouldBe("finished");
        run.SentTo(run.Join()).Single().Finished.State.ShouldBe("finished");
    }

    [Fact]
    public void JobWithoutValidation_IsNeverEvaluated()
    {
        var run = new SimulatedRun(TestJobs.Settings())
        {
            Answer = (session, message) => message.Welcome is null ? null : [new WorkerFingerprinted(session, SimulatedRun.Alike with { ValidationSamples = 0 })],
        };
        run.Join();

        run.Orders.ShouldBe(["train 3", "checkpoint 3", "train 6", "checkpoint 6", "finish"]);
        run.Outcome.Ending.ShouldBe(RunEnding.Finished);
    }

    [Theory]
    [InlineData(3, new[] { "train 4", "evaluate 4", "train 6", "checkpoint 6", "evaluate 6", "finish" })]
    [InlineData(4, new[] { "evaluate 4", "train 6", "checkpoint 6", "evaluate 6", "finish" })]
    [InlineData(5, new[] { "train 6", "checkpoint 6", "evaluate 6", "finish" })]
    [InlineData(6, new[] { "evaluate 6", "finish" })]
    public void Resume_GoesOnAfterTheCheckpoint_AndDoesWhatItsDeathLeftUndone(long step, string[] orders)
    {
        var run = new SimulatedRun(TestJobs.Settings() with
        {
            Resume = new ResumePoint(step, "/checkpoints/step", TestJobs.TrainSamples, "abc"),
            PreviousGeneration = 7,
        });
        var session = run.Join();

        run.Orders.ShouldBe(orders);
        run.SentTo(session).First(message => message.Assignment is not null).Assignment.Start
            .ShouldBe(new Protocol.StartingPoint { Step = step, Checkpoint = "/checkpoints/step" });
        run.State.LastGeneration.ShouldBe(8);
        run.Outcome.Ending.ShouldBe(RunEnding.Finished);
    }

    [Fact]
    public void Replay_OfTheEvents_GivesTheSameEnd()
    {
        var run = new SimulatedRun(TestJobs.Settings(3));
        for (var i = 0; i < 3; i++) run.Join();

        var state = run.Events.Aggregate(new RunState(TestJobs.Settings(3)), (state, @event) => RunMachine.Decide(state, @event).State);
        ((Ended)state.Phase).Outcome.ShouldBe(run.Outcome);
        state.Progress.ShouldBe(run.State.Progress);
    }

    [Fact]
    public void TrainingSetSmallerThanABatch_EndsAsTheUsersMistake()
    {
        var run = new SimulatedRun(TestJobs.Settings(job: TestJobs.Small with { Batch = new BatchSpec { Global = 60, MicroBatches = 6 } }));
        run.Join();

        run.Outcome.ExitCode.ShouldBe(ExitCodes.UserError);
        run.Outcome.Reason.ShouldContain("batch.global: a step takes 60 samples and the training set has only 37");
    }
}
