using Inception.Distributed.Cli.Chaos;

namespace Inception.Distributed.Cli.Tests.Chaos;

public sealed class RecoveryMeterTests
{
    private readonly ManualTime _time = new();
    private readonly RecoveryMeter _meter;

    public RecoveryMeterTests()
    {
        _meter = new RecoveryMeter(_time, _ => { });
        Stood(generation: 1, step: 0);
        Applied(9);
    }

    [Fact]
    public void Fault_ThatEndsTheGeneration_IsMeasuredToTheNextOneAndItsFirstStep()
    {
        _meter.Fault("kill");
        After(0.1, () => Stood(2, 9));
        After(0.2, () => Applied(10));
        After(1, () => Applied(11));

        var recovery = _meter.Done.ShouldHaveSingleItem();
        (recovery.Fault, recovery.Alone).ShouldBe(("kill", true));
        recovery.Formed.ShouldBe(0.1, 1e-9);
        recovery.NextStep.ShouldBe(0.3, 1e-9);
    }

    [Fact]
    public void Fault_WhileAGenerationRecovers_CountsWithTheFirstOneAndNotAlone()
    {
        _meter.Fault("kill");
        After(0.1, () => Stood(2, 9));
        _meter.Fault("kill");
        After(0.1, () => Stood(3, 9));
        After(0.1, () => Applied(10));

        var recovery = _meter.Done.ShouldHaveSingleItem();
        recovery.Alone.ShouldBeFalse();
        recovery.Formed.ShouldBe(0.2, 1e-9);
    }

    // Survivors tell of steps that were done before the fault only when the generation stands.
    [Fact]
    public void Applied_AStepOfBefore_IsNotTheFirstOfTheGeneration()
    {
        _meter.Fault("kill");
        After(0.1, () => Stood(2, 10));
        After(0.1, () => Applied(10));
        _meter.Done.ShouldBeEmpty();
        _meter.StepsRecomputed.ShouldBe(0);
    }

    [Fact]
    public void Stood_BelowWhatWasApplied_CountsStepsAsRecomputed()
    {
        Stood(2, 5);
        _meter.StepsRecomputed.ShouldBe(4);
    }

    [Fact]
    public void NextRun_BeginsAnew()
    {
        _meter.Fault("kill");
        _meter.NextRun();
        Stood(1, 0);
        Applied(1);

        _meter.Done.ShouldBeEmpty();
        _meter.StepsRecomputed.ShouldBe(0);
    }

    private void Stood(long generation, long step) => _meter.Stood(generation, step, _time.GetTimestamp());

    private void Applied(long step) => _meter.Applied(step, _time.GetTimestamp());

    private void After(double seconds, Action action)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        action();
    }
}
