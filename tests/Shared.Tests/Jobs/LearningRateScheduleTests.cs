using Inception.Distributed.Jobs;
using static Inception.Distributed.Tests.Jobs.Example;

namespace Inception.Distributed.Tests.Jobs;

/// <summary>Each policy at its corners: the start, the end of warm-up, each boundary from both sides, the end.</summary>
public sealed class LearningRateScheduleTests
{
    private const double Before = 1 - 1e-12;

    private static readonly string[] Common = ["schedule.epochs=20", "schedule.warmup=4", "optimizer.learningRate=0.8"];

    private static LearningRateSchedule Schedule(params string[] overrides) => new(Job([.. Common, .. overrides]));

    public static TheoryData<string> Policies => new(
        "schedule.policy=constant", "schedule.policy=exponential", "schedule.policy=cosine", "schedule.policy=polynomial",
        "schedule.policy=step schedule.milestones=[8,12]");

    [Theory]
    [MemberData(nameof(Policies))]
    public void At_Warmup_RisesInAStraightLineFrom0ToThePeakWhereThePolicyStarts(string policy)
    {
        var schedule = Schedule(policy.Split(' '));

        schedule.At(0).ShouldBe(0);
        schedule.At(1).ShouldBe(0.2, 1e-15);
        schedule.At(3).ShouldBe(0.6, 1e-15);
        schedule.At(4 * Before).ShouldBe(0.8, 1e-11);
        schedule.At(4).ShouldBe(0.8);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void At_NoWarmup_StartsAtThePeak(string policy) =>
        Schedule([.. policy.Split(' '), "schedule.warmup=0"]).At(0).ShouldBe(0.8);

    [Fact]
    public void At_Constant_StaysToTheEnd() => Schedule("schedule.policy=constant").At(20).ShouldBe(0.8);

    [Fact]
    public void At_Exponential_FallsAtEachStairAfterWarmupAndNotBefore()
    {
        var schedule = Schedule("schedule.policy=exponential", "schedule.decayRate=0.5", "schedule.decayEpochs=3");

        schedule.At(7 * Before).ShouldBe(0.8);
        schedule.At(7).ShouldBe(0.4);
        schedule.At(10 * Before).ShouldBe(0.4);
        schedule.At(10).ShouldBe(0.2);
        schedule.At(19).ShouldBe(0.8 / 32);
        schedule.At(20 * Before).ShouldBe(0.8 / 32);
        schedule.Corners.ShouldBe([0, 4, 7, 10, 13, 16, 19, 20]);
    }

    [Fact]
    public void At_Cosine_IsHalfWayDownInTheMiddleAndEndsAtItsFraction()
    {
        var schedule = Schedule("schedule.policy=cosine", "schedule.finalFraction=0.25");

        schedule.At(12).ShouldBe(0.5, 1e-15);
        schedule.At(20).ShouldBe(0.2, 1e-15);
        Schedule("schedule.policy=cosine").At(20).ShouldBe(0, 1e-16);
    }

    [Theory]
    [InlineData(1, 0.4)]
    [InlineData(2, 0.2)]
    [InlineData(0.5, 0.5656854249492381)]
    public void At_Polynomial_IsThePowerOfWhatIsLeft(double power, double halfWay)
    {
        var schedule = Schedule("schedule.policy=polynomial", $"schedule.power={JobField.Text(power)}");

        schedule.At(12).ShouldBe(halfWay, 1e-15);
        schedule.At(20).ShouldBe(0);
        schedule.At(20 * (1 + 1e-15)).ShouldBe(0);
    }

    [Fact]
    public void At_PolynomialWithAFinalFraction_EndsThere() =>
        Schedule("schedule.policy=polynomial", "schedule.finalFraction=0.25").At(20).ShouldBe(0.2, 1e-15);

    [Fact]
    public void At_Step_FallsAtEachMilestone()
    {
        var schedule = Schedule("schedule.policy=step", "schedule.milestones=[4,10.5,15]", "schedule.stepFactor=0.5");

        schedule.At(4 * Before).ShouldBe(0.8, 1e-11);
        schedule.At(4).ShouldBe(0.4);
        schedule.At(10.5 * Before).ShouldBe(0.4);
        schedule.At(10.5).ShouldBe(0.2);
        schedule.At(15 * Before).ShouldBe(0.2);
        schedule.At(15).ShouldBe(0.1);
        schedule.At(20).ShouldBe(0.1);
        schedule.Corners.ShouldBe([0, 4, 10.5, 15, 20]);
    }

    [Fact]
    public void Curve_DrawsJumpsUprightAndEndsBeforeTheStairThatTheRunDoesNotReach()
    {
        var curve = Schedule("schedule.policy=exponential", "schedule.decayRate=0.5", "schedule.decayEpochs=8").Curve(10);

        curve.Select(point => point.Epoch).ShouldBeInOrder();
        curve[^1].ShouldBe((20 * Before, 0.4));
        curve.Where(point => Math.Abs(point.Epoch - 12) < 1e-9).Select(point => point.Rate).ShouldBe([0.8, 0.4]);
        curve[0].ShouldBe((0, 0));
    }

    [Fact]
    public void LearningRateAt_LastStep_IsTheCurveInTheMiddleOfItsSamples()
    {
        var job = Job([.. Common, "schedule.policy=polynomial", "batch.global=24"]);
        var plan = new JobPlan(job, 240, 0);

        plan.TotalSteps.ShouldBe(200);
        plan.LearningRateAt(0).ShouldBe(0.8 * 0.05 / 4, 1e-15);
        plan.LearningRateAt(199).ShouldBe(0.8 * 0.05 / 16, 1e-15);
    }

    [Theory]
    [InlineData("schedule.policy=step", "schedule.milestones is missing; policy step needs the epochs at which the rate falls, e.g. [30, 60, 90]")]
    [InlineData("schedule.policy=step schedule.milestones=[8,8]", "schedule.milestones must ascend, and [8, 8] does not")]
    [InlineData("schedule.policy=step schedule.milestones=[3]", "between the end of warm-up (4) and the end of the run (20 epochs), not [3]")]
    [InlineData("schedule.policy=step schedule.milestones=[8,20]", "between the end of warm-up (4) and the end of the run (20 epochs), not [8, 20]")]
    [InlineData("schedule.milestones=8", "schedule.milestones must be a list of numbers of epochs, above 0, not '8'")]
    [InlineData("schedule.milestones=[8,soon]", "schedule.milestones must be a list of numbers of epochs, above 0; 'soon' is none")]
    [InlineData("schedule.milestones=[8,-1]", "schedule.milestones must be a list of numbers of epochs, above 0; '-1' is none")]
    public void Milestones_Mistakes_SayWhatIsAllowed(string overrides, string message) =>
        Should.Throw<UserErrorException>(() => Schedule(overrides.Split(' '))).Problems.ShouldHaveSingleItem().Message.ShouldContain(message);

    [Fact]
    public void Milestones_WrittenAndReadBack_AreTheSameJob()
    {
        var job = Job([.. Common, "schedule.policy=step", "schedule.milestones=[8, 12.5]"]);

        JobFile.Write(job).ShouldContain("milestones: [8, 12.5]");
        JobFile.Parse(JobFile.Write(job), "copy.yaml").ShouldBe(job);
        JobFile.Parse(JobFile.Write(Job()), "copy.yaml").ShouldBe(Job());
    }
}
