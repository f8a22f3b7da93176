namespace Inception.Distributed.Coordinator.Sessions;

/// <summary>
/// How fast one worker's messages are taken in: as they come until a burst is used up, then so many a second. What is not read yet waits on the
/// worker's side, by the flow control of HTTP/2, so that a worker gone wild slows itself down and nobody else.
/// </summary>
/// <param name="perSecond">A worker of the fastest job sends two messages a step.</param>
/// <param name="burst">As many reports as a worker may have kept while the coordinator was away.</param>
internal sealed class Pace(TimeProvider time, int perSecond = 2_000, int burst = 50_000)
{
    private double _left = burst;
    private long _since = time.GetTimestamp();

    /// <summary>Until the next message may be taken in. By one reader.</summary>
    public Task NextAsync(CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        _left = Math.Min(burst, _left + time.GetElapsedTime(_since, now).TotalSeconds * perSecond) - 1;
        _since = now;
        if (_left >= 0) return Task.CompletedTask;
        return Task.Delay(TimeSpan.FromSeconds(-_left / perSecond), time, cancellationToken);
    }
}
