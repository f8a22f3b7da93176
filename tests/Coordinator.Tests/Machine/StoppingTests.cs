using Inception.Distributed.Coordinator.Machine;
using Kind = Inception.Distributed.Protocol.Order.WhatOneofCase;
using OrderCompleted = Inception.Distributed.Coordinator.Machine.OrderCompleted;

namespace Inception.Distributed.Coordinator.Tests.Machine;

public sealed class StoppingTests
{
    private static readonly StopAsked Stop = new("somebody asked.");

    [Fact]
    public void WhileWaiting_EndsAtOnce()
    {
        var run = new SimulatedRun(TestJobs.Settings(2));
        var session = run.Join();
        run.Post(Stop);

        run.Outcome.ShouldBe(new RunOutcome(RunEnding.Stopped, "Stopped before training started: somebody asked.", ExitCodes.Stopped, 0, 0));
        run.SentTo(session).Last().Finished.State.ShouldBe("stopped");
    }

    [Fact]
    public void WhileForming_EndsAtOnce()
    {
        var run = new SimulatedRun(TestJobs.Settings()) { Answer = (_, message) => message.Assignment is null ? null : [] };
        run.Join();
        run.Post(Stop);

        run.Outcome.Ending.ShouldBe(RunEnding.Stopped);
    }

    [Theory]
    [InlineData(2, new[] { "train 3", "checkpoint 2", "finish" })]
    [InlineData(3, new[] { "train 3", "checkpoint 3", "finish" })]
    [InlineData(0, new[] { "train 3", "finish" })] // Before the first step: there is nothing to keep.
    public void WhileTraining_TheRanksAgreeOnAStep_WhichIsKept(long agreed, string[] orders)
    {
        var run = new SimulatedRun(TestJobs.Settings(2));
        run.Hold(Kind.Train);
        var sessions = new[] { run.Join(), run.Join() };
        run.Post(Stop);
        run.Post(Stop);
        foreach (var session in sessions)
            run.SentTo(session).Count(message => message.StopRequested is not null).ShouldBe(1);

        run.Answer = (_, _) => null;
        foreach (var session in sessions) run.Post(new OrderCompleted(session, 1, 1, agreed, "", ""));

        run.Orders.ShouldBe(orders);
        run.Outcome.ShouldBe(new RunOutcome(
            RunEnding.Stopped, $"Stopped after step {agreed} of 6: somebody asked.", ExitCodes.Stopped, agreed, 2, "abba", "abba"));
    }

    [Fact]
    public void WhileTheCheckpointIsTaken_NothingMoreIsTrained()
    {
        var run = new SimulatedRun(TestJobs.Settings());
        run.Hold(Kind.Checkpoint);
        var session = run.Join();
        run.Post(Stop);
        run.Post(new OrderCompleted(session, 1, 2, 3, "", ""));

        run.Orders.ShouldBe(["train 3", "checkpoint 3", "finish"]);
        run.Outcome.Ending.ShouldBe(RunEnding.Stopped);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhileEvaluating_WhetherOrNotTheEvaluationIsBrokenOff_TheStepIsKept(bool isWhole)
    {
        var run = new SimulatedRun(TestJobs.Settings());
        run.Hold(Kind.Evaluate);
        var session = run.Join();
        run.Post(Stop);
        run.Answer = (_, _) => null;
        if (isWhole) run.Post(new BlocksEvaluated(session, 1, 4, SimulatedRun.BlocksOf(run.SentTo(session).First(m => m.Assignment is not null).Assignment), 1));
        run.Post(new OrderCompleted(session, 1, 4, 4, "", ""));

        run.Orders.ShouldBe(["train 3", "checkpoint 3", "train 4", "evaluate 4", "checkpoint 4", "finish"]);
        run.Outcome.Ending.ShouldBe(RunEnding.Stopped);
        run.Effects.OfType<RecordEvaluation>().Count().ShouldBe(isWhole ? 1 : 0);
    }

    [Fact]
    public void WhenNothingIsLeftToDo_TheRunHasFinished()
    {
        var run = new SimulatedRun(TestJobs.Settings());
        run.Hold(Kind.Finish);
        var session = run.Join();
        run.Post(Stop);
        run.Post(new OrderCompleted(session, 1, 8, 6, "abba", "abba"));

        run.Outcome.Ending.ShouldBe(RunEnding.Finished);
        run.Outcome.ExitCode.ShouldBe(ExitCodes.Finished);
    }

    [Fact]
    public void MemberLostWhileStopping_TheOthersSaveTheRun()
    {
        var run = new SimulatedRun(TestJobs.Settings(2));
        run.Hold(Kind.Train);
        run.Join();
        var second = run.Join();
        run.Post(Stop);
        run.HeldStep = 1;
        run.Post(new WorkerLost(second, "its connection broke", 1, ""));

        run.Orders.ShouldBe(["train 3", "checkpoint 1", "finish"]);
        run.Outcome.Ending.ShouldBe(RunEnding.Stopped);
    }

    [Fact]
    public void AllLostWhileStopping_Fails()
    {
        var run = new SimulatedRun(TestJobs.Settings(2));
        run.Hold(Kind.Train);
        var sessions = new[] { run.Join(), run.Join() };
        run.Post(Stop);
        run.Answer = (_, _) => [];
        foreach (var session in sessions) run.Post(new WorkerLost(session, "gone", 1, ""));

        run.Outcome.Reason.ShouldBe(
            "Lost worker w2 on host2 (rank 0) in generation 2 after step 1: gone. No worker is left to save the run that was being stopped. "
            + "No checkpoint has been written yet.");
    }

    [Fact]
    public void WhileWaitingWithTheState_ItIsSavedFirst()
    {
        var run = new SimulatedRun(TestJobs.Settings(2, TestJobs.Small with { Workers = new Jobs.WorkersSpec { Min = 2 } }));
        run.Hold(Kind.Train);
        run.Join();
        var second = run.Join();
        run.HeldStep = 2;
        run.Post(new WorkerLost(second, "gone", 2, ""));
        run.State.Phase.ShouldBeOfType<Waiting>();
        run.Post(Stop);

        run.Orders.ShouldBe(["train 3", "checkpoint 2", "finish"]);
        run.Outcome.Reason.ShouldBe("Stopped after step 2 of 6: somebody asked.");
    }

    [Fact]
    public void AsFailure_EndsAtOnce()
    {
        var run = new SimulatedRun(TestJobs.Settings());
        run.Hold(Kind.Evaluate);
        run.Join();
        run.Post(new StopAsked("Every worker has ended.", AsFailure: true));

        run.Outcome.ExitCode.ShouldBe(ExitCodes.Failed);
        run.Outcome.Reason.ShouldBe("Every worker has ended. The newest checkpoint is /checkpoints/step-00000003.");
    }
}
