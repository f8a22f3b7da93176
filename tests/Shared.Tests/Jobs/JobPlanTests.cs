using Inception.Distributed.Jobs;
using static Inception.Distributed.Tests.Jobs.Example;

namespace Inception.Distributed.Tests.Jobs;

public sealed class JobPlanTests
{
    [Theory]
    [InlineData(2, 24, 1009, 0, 84, 2)]         // 2018 samples
    [InlineData(2.3, 23, 100, 0, 10, 0)]        // 2.3 · 100 is 229.99999999999997 in binary
    [InlineData(0.1, 24, 240, 0, 1, 0)]
    [InlineData(6.9, 12, 53, 0, 30, 5)]
    [InlineData(2, 24, 1009, 50, 50, 0)]
    [InlineData(2, 24, 1009, 84, 84, 2)]
    [InlineData(2, 24, 1009, 999, 84, 2)]
    public void Steps_EpochsTimesSamples_AreWholeAndTheRestIsCounted(
        double epochs, int batch, long samples, long maxSteps, long steps, int unused)
    {
        var plan = Plan(samples, 0, epochs, batch, maxSteps);

        plan.TotalSteps.ShouldBe(steps);
        plan.UnusedSamples.ShouldBe(unused);
    }

    [Fact]
    public void Create_LessThanOneStepOfEpochs_IsTheUsersMistake() =>
        Should.Throw<UserErrorException>(() => Plan(10, 0, epochs: 0.7, batch: 10)).Message
            .ShouldBe("schedule.epochs: 0.7 epochs are 7 samples, fewer than a step's 10; raise schedule.epochs");

    [Fact]
    public void Create_FewerSamplesThanABatch_IsTheUsersMistake() =>
        Should.Throw<UserErrorException>(() => Plan(23, 0)).Message
            .ShouldBe("batch.global: a step takes 24 samples and the training set has only 23; lower batch.global to at most 23");

    [Theory]
    [InlineData(53, 12, 3, 6.9, new long[] { 14, 27, 30 })]     // 159 / 12 = 13.25, 318 / 12 = 26.5
    [InlineData(24, 12, 1, 3, new long[] { 2, 4, 6 })]          // multiples that steps hit exactly
    [InlineData(24, 12, 0.1, 1, new long[] { 1, 2 })]           // several multiples in one step
    [InlineData(50, 35, 4.9, 10, new long[] { 7, 14 })]         // 4.9 · 50 is above 245 in binary
    [InlineData(53, 12, 0, 6.9, new long[] { 30 })]
    [InlineData(53, 12, 100, 6.9, new long[] { 30 })]
    public void IsEvaluation_EveryMultipleOfEpochs_FirstStepThatCompletesItAndTheLast(
        long samples, int batch, double every, double epochs, long[] expected)
    {
        var plan = Plan(samples, 10, epochs, batch, overrides: $"schedule.evaluateEvery={every}");

        Enumerable.Range(0, (int)plan.TotalSteps + 3).Select(step => (long)step).Where(plan.IsEvaluation).ShouldBe(expected);
    }

    [Fact]
    public void IsEvaluation_NoValidationSamples_IsNeverDue() =>
        Enumerable.Range(0, 100).ShouldAllBe(step => !Plan(1000, 0, 2, 24, 0, "schedule.evaluateEvery=1").IsEvaluation(step));

    [Theory]
    [InlineData(7, 10)]
    [InlineData(7, 0)]
    [InlineData(0, 10)]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(1000, 10)]
    public void NextBoundary_FromEveryStep_IsTheFirstThatIsDue(long everySteps, long validation)
    {
        var plan = Plan(53, validation, 6.9, 12, 0, $"checkpoint.everySteps={everySteps}", "schedule.evaluateEvery=0.7");
        bool IsDue(long step) => plan.IsCheckpoint(step) || plan.IsEvaluation(step) || step == plan.TotalSteps;

        for (long step = 0; step < plan.TotalSteps; step++)
        {
            var expected = step + 1;
            while (!IsDue(expected)) expected++;
            plan.NextBoundary(step).ShouldBe(expected);
        }
        Should.Throw<ArgumentOutOfRangeException>(() => plan.NextBoundary(plan.TotalSteps));
        Should.Throw<ArgumentOutOfRangeException>(() => plan.NextBoundary(-1));
    }

    [Fact]
    public void IsCheckpoint_EveryTenOfThirtyFour_AndTheLast()
    {
        var plan = Plan(53, 0, 7.7, 12, 0, "checkpoint.everySteps=10");

        Enumerable.Range(0, 40).Where(step => plan.IsCheckpoint(step)).ShouldBe([10, 20, 30, 34]);
    }

    [Fact]
    public void IsCheckpoint_TheBestOnesAreKept_AtEachEvaluationToo()
    {
        var plan = Plan(53, 31, 7.7, 12, 0, "schedule.evaluateEvery=3", "checkpoint.everySteps=10", "checkpoint.keepBest=2");

        Enumerable.Range(0, 40).Where(step => plan.IsEvaluation(step)).ShouldBe([14, 27, 34]);
        Enumerable.Range(0, 40).Where(step => plan.IsCheckpoint(step)).ShouldBe([10, 14, 20, 27, 30, 34]);
    }

    [Fact]
    public void EpochAt_CountsWholeSteps() => Plan(53, 0, 6.9, 12).EpochAt(30).ShouldBe(360 / 53.0);

    [Fact]
    public void LearningRateAt_Constant_IsTheRateAfterALinearWarmup()
    {
        // 10 steps an epoch; the middles of the first steps are 0.05, 0.15, … epochs.
        var plan = Plan(240, 0, 4, 24, 0, "schedule.policy=constant", "schedule.warmup=0.5", "optimizer.learningRate=2");

        for (var step = 0; step < 5; step++) plan.LearningRateAt(step).ShouldBe(2 * (step + 0.5) / 5, 1e-15);
        for (var step = 5; step < 40; step++) plan.LearningRateAt(step).ShouldBe(2);
    }

    [Fact]
    public void LearningRateAt_Exponential_StepsDownEveryDecayEpochs()
    {
        var plan = Plan(240, 0, 8, 24, 0,
            "schedule.policy=exponential", "schedule.warmup=1", "optimizer.learningRate=1", "schedule.decayRate=0.94");

        plan.LearningRateAt(10).ShouldBe(1);
        plan.LearningRateAt(29).ShouldBe(1);
        plan.LearningRateAt(30).ShouldBe(0.94);
        plan.LearningRateAt(49).ShouldBe(0.94);
        plan.LearningRateAt(50).ShouldBe(0.94 * 0.94, 1e-15);
    }

    [Fact]
    public void LearningRateAt_Cosine_FallsFromTheRateToItsFraction()
    {
        var plan = Plan(240, 0, 5, 24, 0,
            "schedule.policy=cosine", "schedule.warmup=1", "schedule.finalFraction=0.1", "optimizer.learningRate=1");
        double Curve(double progress) => 0.1 + 0.9 * (1 + Math.Cos(Math.PI * progress)) / 2;

        for (var step = 10; step < 50; step++) plan.LearningRateAt(step).ShouldBe(Curve((step - 9.5) / 40), 1e-15);
    }

    [Theory]
    [InlineData("cosine")]
    [InlineData("constant")]
    [InlineData("exponential")]
    public void LearningRateAt_HalfTheBatch_FollowsTheSameCurveByEpochs(string policy)
    {
        var coarse = Plan(960, 0, 5, 48, 0, $"schedule.policy={policy}", "schedule.warmup=1");
        var fine = Plan(960, 0, 5, 24, 0, $"schedule.policy={policy}", "schedule.warmup=1");

        for (var step = 0; step < coarse.TotalSteps; step++)
        {
            var both = (fine.LearningRateAt(2 * step) + fine.LearningRateAt(2 * step + 1)) / 2;
            both.ShouldBe(coarse.LearningRateAt(step), 1e-4 * 0.045);
        }
    }

    [Fact]
    public void LearningRateAt_MaxSteps_DoesNotMoveTheCurve() =>
        Plan(240, 0, 5, 24, 12).LearningRateAt(11).ShouldBe(Plan(240, 0, 5, 24).LearningRateAt(11));

    private static JobPlan Plan(
        long train, long validation, double epochs = 2, int batch = 24, long maxSteps = 0, params string[] overrides)
    {
        string[] run = [$"schedule.epochs={epochs}", $"schedule.maxSteps={maxSteps}", $"batch.global={batch}", "batch.microBatches=1"];
        return new JobPlan(Job([.. run, .. overrides]), train, validation);
    }
}
