using Inception.Distributed.Coordinator.Sessions;

namespace Inception.Distributed.Coordinator.Tests.Sessions;

public sealed class PaceTests
{
    private readonly Clock _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_burst_is_taken_in_at_once_and_what_follows_waits()
    {
        var pace = new Pace(_clock, perSecond: 10, burst: 3);
        for (var message = 0; message < 3; message++) pace.NextAsync(Cancel).IsCompleted.ShouldBeTrue();
        pace.NextAsync(Cancel).IsCompleted.ShouldBeFalse();
        _clock.Timer!.Due.ShouldBe(TimeSpan.FromSeconds(0.1), TimeSpan.FromMilliseconds(1));
        _clock.Seconds += 0.1;
        pace.NextAsync(Cancel).IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void A_quiet_time_gives_the_burst_back_and_no_more()
    {
        var pace = new Pace(_clock, perSecond: 10, burst: 3);
        for (var message = 0; message < 3; message++) _ = pace.NextAsync(Cancel);
        _clock.Seconds += 3600;
        for (var message = 0; message < 3; message++) pace.NextAsync(Cancel).IsCompleted.ShouldBeTrue();
        pace.NextAsync(Cancel).IsCompleted.ShouldBeFalse();
    }

    private sealed class Clock : TimeProvider
    {
        public double Seconds { get; set; }

        public Waiting? Timer { get; private set; }

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => (long)Math.Round(Seconds * TimestampFrequency);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => Timer = new Waiting(dueTime);
    }

    private sealed record Waiting(TimeSpan Due) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
