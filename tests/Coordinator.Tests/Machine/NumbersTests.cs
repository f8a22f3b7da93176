using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;
using BadNumbers = Inception.Distributed.Coordinator.Machine.BadNumbers;
using OrderCompleted = Inception.Distributed.Coordinator.Machine.OrderCompleted;
using Standing = Inception.Distributed.Coordinator.Machine.Standing;

namespace Inception.Distributed.Coordinator.Tests.Machine;

/// <summary>A step that all ranks found bad: back to a checkpoint, or the end.</summary>
public sealed class NumbersTests
{
    private static readonly BadNumbers NotFinite = new("the loss is not finite", double.NaN, 1.5, IsSpike: false);

    private static JobSpec Job(NumbersPolicy policy, int rollbacks = 3) =>
        TestJobs.Small with { Numbers = new NumbersSpec { NonFinite = policy, Rollbacks = rollbacks } };

    /// <summary>Two workers, in the training from step 3 on.</summary>
    private static (SimulatedRun Run, SessionId First, SessionId Second) HeldBehindACheckpoint(JobSpec job)
    {
        var run = new SimulatedRun(TestJobs.Settings(2, job)) { Answer = (_, message) => message.Order?.Train is { UntilStep: > 3 } ? [] : null };
        return (run, run.Join(), run.Join());
    }

    private static void Report(SimulatedRun run, SessionId session, long step, BadNumbers? bad) =>
        run.Post(new OrderCompleted(session, run.Generation.Number, ((Executing)run.State.Phase).Order.Id, step, "", "", bad));

    [Fact]
    public void Rollback_GoesToTheLastDueCheckpoint_AndPassesTheSamplesOver()
    {
        var (run, first, second) = HeldBehindACheckpoint(Job(NumbersPolicy.Rollback));
        Report(run, first, 3, NotFinite);
        Report(run, second, 3, NotFinite);

        run.Reasons.ShouldContain("Step 4 is bad: the loss is not finite (loss NaN, gradient norm 1.5). The run goes back to step 3, and passes over the samples of 1 step.");
        run.Post(new CheckpointFound(3, "/checkpoints/step-00000003"));
        run.Elapse<SettlingEnded>();
        var assignment = run.LastAssignment(first);
        assignment.Members.ShouldAllBe(member => !member.HoldsState);
        (assignment.Start.Step, assignment.Start.Checkpoint).ShouldBe((3, "/checkpoints/step-00000003"));
        assignment.PassedOver.Select(window => (window.AtStep, window.Steps)).ShouldBe([(3, 1)]);
        run.Effects.ShouldContain(new Stand(2, 3, IsRollback: true));
        run.State.Rollbacks.ShouldBe([new Rollback(4, 3, "the loss is not finite")]);

        run.Answer = (_, _) => null;
        Report(run, first, 4, null);
        Report(run, second, 4, null);
        run.Outcome.Ending.ShouldBe(RunEnding.Finished);
    }

    [Fact]
    public void Rollback_BeforeTheFirstCheckpoint_BeginsAgain()
    {
        var (run, first, second) = SimulatedRun.HeldAt(Protocol.Order.WhatOneofCase.Train, Job(NumbersPolicy.Rollback));
        Report(run, first, 2, NotFinite);
        Report(run, second, 2, NotFinite);
        run.Post(new CheckpointFound(0, ""));
        run.Elapse<SettlingEnded>();

        run.State.PassedOver.ShouldBe([new PassedOver(0, 3)]);
        run.LastAssignment(first).Start.ShouldBe(new Protocol.StartingPoint());
        run.Reasons.ShouldContain(reason => reason.StartsWith("There is no checkpoint before it; the run begins again.", StringComparison.Ordinal));
    }

    [Fact]
    public void Rollback_WaitsForTheCheckpointThatIsBeingWritten()
    {
        var run = new SimulatedRun(TestJobs.Settings(1, Job(NumbersPolicy.Rollback)));
        run.Answer = (session, message) => message.Order switch
        {
            { Checkpoint: not null } order => [new OrderCompleted(session, 1, order.OrderId, 3, "", "")], // It is being written.
            { Train.UntilStep: > 3 } => [],
            _ => null,
        };
        var worker = run.Join();
        Report(run, worker, 3, NotFinite);

        Formation.WaitsFor(run.State).ShouldBe("the checkpoint of step 3 to be written");
        run.Effects.OfType<FindCheckpoint>().ShouldBeEmpty();
        run.Post(new CheckpointReported(worker, 1, 3, "/checkpoints/step-00000003", "feed", 1, 1, ""));
        run.Effects.OfType<FindCheckpoint>().ShouldHaveSingleItem();
    }

    [Fact]
    public void Rollback_ThroughACoordinatorStartedAnew_WhatTheWorkersHoldDoesNotCount()
    {
        var (run, first, second) = HeldBehindACheckpoint(Job(NumbersPolicy.Rollback));
        Report(run, first, 3, NotFinite);
        Report(run, second, 3, NotFinite);
        run.Effects.Clear();
        run.Post(new CoordinatorStarted(2));
        foreach (var id in new[] { "w1", "w2" }) run.Join(id, new Standing(1, 1, 3, SimulatedRun.Alike));

        run.Effects.OfType<FindCheckpoint>().ShouldHaveSingleItem();
        run.Post(new CheckpointFound(3, "/checkpoints/step-00000003"));
        run.Elapse<SettlingEnded>();
        run.Generation.Members.ShouldAllBe(member => !member.HoldsState);
        run.Generation.PassedOver.ShouldBe([new PassedOver(3, 1)]);
    }

    [Theory]
    [InlineData(NumbersPolicy.Halt, 3, "Halted after step 3 of 6: Step 4 is bad: the loss is not finite (loss NaN, gradient norm 1.5).")]
    [InlineData(NumbersPolicy.Rollback, 0, "Halted after step 3 of 6: Step 4 is bad: the loss is not finite (loss NaN, gradient norm 1.5). "
        + "The job allows 0 rollbacks, and so many there were.")]
    public void Halt_KeepsTheStateBeforeTheStep_AndEndsWithACodeOfItsOwn(NumbersPolicy policy, int rollbacks, string reason)
    {
        var (run, first, second) = HeldBehindACheckpoint(Job(policy, rollbacks));
        run.Answer = (_, _) => null;
        Report(run, first, 3, NotFinite);
        Report(run, second, 3, NotFinite);

        run.Outcome.ShouldBe(new RunOutcome(RunEnding.Failed, reason, ExitCodes.Halted, 3, 2, "abba", "abba"));
        run.Orders.ShouldBe(["train 3", "checkpoint 3", "train 4", "finish"]);
    }

    [Fact]
    public void Halt_WhereNoCheckpointIs_SavesOne()
    {
        var (run, first, second) = SimulatedRun.HeldAt(Protocol.Order.WhatOneofCase.Train, Job(NumbersPolicy.Halt));
        run.Answer = (_, _) => null;
        Report(run, first, 2, NotFinite);
        Report(run, second, 2, NotFinite);

        run.Orders.ShouldBe(["train 3", "checkpoint 2", "finish"]);
    }

    [Fact]
    public void RanksJudgeDifferently_Fails()
    {
        var (run, first, second) = HeldBehindACheckpoint(Job(NumbersPolicy.Rollback));
        Report(run, first, 3, NotFinite);
        Report(run, second, 3, null);

        run.Outcome.Reason.ShouldStartWith("The ranks judge step 4 differently: ");
    }

    [Fact]
    public void CheckpointOfAnAbandonedLine_DoesNotCount()
    {
        var state = new RunState(TestJobs.Settings()) with { PassedOver = [new PassedOver(10, 3)] };

        Numbers.IsOfThisLine(state, 10, []).ShouldBeTrue("it was taken before what was passed over");
        Numbers.IsOfThisLine(state, 11, []).ShouldBeFalse();
        Numbers.IsOfThisLine(state, 11, [new PassedOver(10, 3)]).ShouldBeTrue();
        Numbers.IsOfThisLine(state with { GoingBackTo = 10 }, 11, [new PassedOver(10, 3)]).ShouldBeFalse();
    }
}
