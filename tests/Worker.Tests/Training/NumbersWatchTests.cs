using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Training;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Tests.Training;

public sealed class NumbersWatchTests : IDisposable
{
    private const int Window = 8;

    private readonly Tensor _history = zeros([2 * Window], float32).fill_(double.NaN);

    public void Dispose() => _history.Dispose();

    private NumbersWatch Watch(double loss = 0, double norm = 0) =>
        new(new NumbersSpec { LossSpike = loss, NormSpike = norm, Window = Window, Spike = NumbersPolicy.Rollback, NonFinite = NumbersPolicy.Halt }, _history);

    [Theory]
    [InlineData(double.NaN, 1, "the loss is not finite")]
    [InlineData(double.PositiveInfinity, 1, "the loss is not finite")]
    [InlineData(1, double.NaN, "the gradient is not finite")]
    public void Judge_NotFinite_IsTrouble(double loss, double norm, string what) =>
        new NumbersWatch(new NumbersSpec { NonFinite = NumbersPolicy.Halt }, null).Judge(loss, norm).ShouldBe(new Trouble(what, IsSpike: false, NumbersPolicy.Halt));

    [Fact]
    public void Judge_WithoutThresholds_FindsNoSpike() => new NumbersWatch(new NumbersSpec(), null).Judge(1e30, 1e30).ShouldBeNull();

    [Fact]
    public void Judge_Loss_AboveTheMedianByDeviations()
    {
        var watch = Watch(loss: 3);
        // Median 2.5; the absolute deviations are 0.5, 0.5, 1.5, 1.5, of which the median is 1.
        foreach (var (step, loss) in new[] { 1.0, 2, 3, 4 }.Index()) watch.Remember(step, loss, 1);

        var limit = 2.5 + 3 * 1.4826;
        watch.Judge(limit - 0.001, 1).ShouldBeNull();
        watch.Judge(limit + 0.001, 1)!.ShouldSatisfyAllConditions(
            trouble => trouble.What.ShouldBe("the loss is a spike, above 6.9478 with a median of 2.5"), trouble => trouble.IsSpike.ShouldBeTrue(),
            trouble => trouble.Policy.ShouldBe(NumbersPolicy.Rollback));
    }

    [Fact]
    public void Judge_LossesThatDoNotVary_LeaveRoomOfAPercent()
    {
        var watch = Watch(loss: 5);
        for (var step = 0; step < Window; step++) watch.Remember(step, 2, 1);

        watch.Judge(2.09, 1).ShouldBeNull();
        watch.Judge(2.11, 1).ShouldNotBeNull();
    }

    [Fact]
    public void Judge_Norm_AboveTimesTheMedian()
    {
        var watch = Watch(norm: 10);
        for (var step = 0; step < Window; step++) watch.Remember(step, 1, 0.5 + step % 2);

        watch.Judge(1, 9.9).ShouldBeNull();
        watch.Judge(1, 10.1)!.What.ShouldBe("the gradient norm is a spike, above 10 times the median of 1");
    }

    [Fact]
    public void Judge_BeforeHalfOfTheWindowIsKnown_FindsNoSpike()
    {
        var watch = Watch(loss: 1);
        for (var step = 0; step < Window / 2 - 1; step++) watch.Remember(step, 1, 1);
        watch.Judge(1000, 1).ShouldBeNull();
        watch.Remember(Window / 2 - 1, 1, 1);
        watch.Judge(1000, 1).ShouldNotBeNull();
    }

    [Fact]
    public void Remember_ALevelThatLasts_BecomesTheUsualOne_AndWhatIsNotFiniteIsForgotten()
    {
        var watch = Watch(loss: 3);
        for (var step = 0; step < Window; step++) watch.Remember(step, 1, 1);
        watch.Judge(5, 1).ShouldNotBeNull();
        watch.Remember(Window, double.NaN, 1);
        for (var step = Window + 1; step < 2 * Window; step++) watch.Remember(step, 5, 1);

        watch.Judge(5, 1).ShouldBeNull();
    }
}
