using Inception.Distributed.Coordinator.Machine;
using OrderCompleted = Inception.Distributed.Coordinator.Machine.OrderCompleted;

namespace Inception.Distributed.Coordinator.Tests.Machine;

public sealed class CheckpointingTests
{
    private static SimulatedRun RunWithCheckpointReports(Func<long, string> error)
    {
        var run = new SimulatedRun(TestJobs.Settings());
        run.Answer = (session, message) => message.Order?.Checkpoint is { } order
            ? [.. run.Obey(session, message).Select(answer => answer is CheckpointReported reported ? reported with { Error = error(order.Step) } : answer)]
            : null;
        run.Join();
        return run;
    }

    [Fact]
    public void Committed_IsRecordedAndOldOnesAreRemoved()
    {
        var run = RunWithCheckpointReports(_ => "");

        run.Effects.OfType<RecordCheckpoint>().Select(record => record.Checkpoint).ShouldBe([
            new CommittedCheckpoint(3, "/checkpoints/step-00000003", "feed", 1_000_000, 0.5),
            new CommittedCheckpoint(6, "/checkpoints/step-00000006", "feed", 1_000_000, 0.5)]);
        run.Effects.OfType<PruneCheckpoints>().ShouldBe(
            [new PruneCheckpoints("/checkpoints/step-00000003", ""), new PruneCheckpoints("/checkpoints/step-00000006", "")]);
        run.Reasons.ShouldContain("The checkpoint of step 3 is committed (1.0 MB in 0.5 s).");
    }

    [Fact]
    public void Failed_IsToldAndTheRunGoesOn()
    {
        var run = RunWithCheckpointReports(step => step == 3 ? "the disk is full." : "");

        run.Reasons.ShouldContain("The checkpoint of step 3 failed: the disk is full. Training goes on; no checkpoint has been written yet.");
        run.Effects.OfType<RecordCheckpoint>().Single().Checkpoint.Step.ShouldBe(6);
        run.Outcome.Reason.ShouldBe("All 6 steps are done.");
    }

    [Fact]
    public void LastOneFailed_TheEndSaysSo()
    {
        var run = RunWithCheckpointReports(step => step == 6 ? "the disk is full." : "");

        run.Outcome.Ending.ShouldBe(RunEnding.Failed);
        run.Outcome.ExitCode.ShouldBe(1);
        run.Outcome.WeightsSha256.ShouldBe("abba");
        run.Outcome.Reason.ShouldBe(
            "All 6 steps are done. But the state after step 6 is not saved: the disk is full. The newest checkpoint is /checkpoints/step-00000003.");
        run.State.LastCheckpoint!.Step.ShouldBe(3);
    }

    [Fact]
    public void FailedAndTriedAgain_IsTold_AndIsStillInFlight()
    {
        var run = new SimulatedRun(TestJobs.Settings());
        run.Hold(Protocol.Order.WhatOneofCase.Checkpoint);
        var session = run.Join();
        var report = new CheckpointReported(session, 1, 3, "/checkpoints/step-00000003", "", 0, 0, "The disk is full.", RetryIn: 2);
        run.Post(report);

        run.Reasons[^1].ShouldBe("The checkpoint of step 3 failed: The disk is full. It is tried again in 2 s. Training goes on; no checkpoint has been written yet.");
        run.State.CheckpointFailure.ShouldBe(new FailedCheckpoint(3, "The disk is full."));
        run.Post(report with { Error = "", RetryIn = 0 });
        run.State.CheckpointFailure.ShouldBeNull();
        run.State.LastCheckpoint!.Step.ShouldBe(3);
    }

    [Fact]
    public void LastOneIsStillWrittenByAWorkerThatIsNoMember_AMemberWritesItAgainBeforeTheEnd()
    {
        var run = new SimulatedRun(TestJobs.Settings());
        run.Hold(Protocol.Order.WhatOneofCase.Finish);
        run.Join("member");

        OrderKind NextWhileWrittenBy(string worker) => Schedule.Next(
            run.State with { CheckpointsInFlight = run.State.CheckpointsInFlight.SetItem(6, worker) }, run.Generation, 9).Kind;
        NextWhileWrittenBy("member").ShouldBe(OrderKind.Finish);
        NextWhileWrittenBy("one that leaves").ShouldBe(OrderKind.Checkpoint);
    }

    [Fact]
    public void NothingComesAfterIt_OrSomebodyWaits_TheSaveIsRequired()
    {
        var run = new SimulatedRun(TestJobs.Settings());
        run.Join();
        run.Effects.OfType<Send>().Select(send => send.Message.Order?.Checkpoint).OfType<Protocol.CheckpointOrder>()
            .Select(order => (order.Step, order.Required)).ShouldBe([(3, false), (6, true)]);
        Checkpointing.IsRequired(run.State with { StopReason = "it was interrupted." }, 3).ShouldBeTrue();
        Checkpointing.IsRequired(run.State with { Workers = [new WorkerState("w", "h", "cpu") { Leaving = "it was told to" }] }, 3).ShouldBeTrue();
    }

    [Fact]
    public void BestOnesAreKept_EachEvaluationHasItsCheckpoint_AndRetentionLooksAgainAfterIt()
    {
        var job = TestJobs.Small with { Checkpoint = TestJobs.Small.Checkpoint with { KeepBest = 1 } };
        var run = new SimulatedRun(TestJobs.Settings(job: job));
        run.Join();

        run.Orders.ShouldBe(["train 3", "checkpoint 3", "train 4", "checkpoint 4", "evaluate 4", "train 6", "checkpoint 6", "evaluate 6", "finish"]);
        run.Effects.Where(effect => effect is PruneCheckpoints or RecordEvaluation or RecordCheckpoint).Select(effect => effect.GetType().Name).ShouldBe(
            ["RecordCheckpoint", "PruneCheckpoints",
             "RecordCheckpoint", "PruneCheckpoints", "RecordEvaluation", "PruneCheckpoints",
             "RecordCheckpoint", "PruneCheckpoints", "RecordEvaluation", "PruneCheckpoints"]);
    }

    [Fact]
    public void OneThatAGenerationMayStartFrom_IsLeftByRetention()
    {
        var state = new RunState(TestJobs.Settings()) { Start = new StartingPoint(3, "/checkpoints/step-00000003") };
        Checkpointing.Prune(state, "/checkpoints/step-00000004").ShouldBe(new PruneCheckpoints("/checkpoints/step-00000004", "/checkpoints/step-00000003"));
    }

    [Fact]
    public void ReportsInAnyOrder_TheNewestStaysTheNewest()
    {
        var run = new SimulatedRun(TestJobs.Settings());
        run.Hold(Protocol.Order.WhatOneofCase.Evaluate);
        var session = run.Join();
        run.Post(new CheckpointReported(session, 1, 2, "/old", "x", 1, 1, ""));

        run.State.LastCheckpoint!.Step.ShouldBe(3);
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
}
