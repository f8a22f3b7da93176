using Inception.Distributed.Protocol;
using Inception.Distributed.Worker.Collectives;

namespace Inception.Distributed.Worker.Training;

/// <summary>
/// What the training thread must know ahead of the messages in its queue: that a generation is over, so that it lets go of what it
/// waits for, and what is wished for after the step. For any thread.
/// </summary>
internal sealed class Announcements : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _superseded = new();
    private long _newest;
    private long _leftOutOf;
    private long _yielding;
    private bool _stopping;
    private bool _ended;

    /// <returns>Whether the message belongs into the queue.</returns>
    public bool Take(CoordinatorMessage message)
    {
        switch (message.MessageCase)
        {
            case CoordinatorMessage.MessageOneofCase.StopRequested:
                lock (_lock) _stopping = true;
                return false;
            case CoordinatorMessage.MessageOneofCase.YieldRequested:
                lock (_lock) _yielding = Math.Max(_yielding, message.YieldRequested.Generation);
                return false;
            case CoordinatorMessage.MessageOneofCase.Finished or CoordinatorMessage.MessageOneofCase.Refused:
                End();
                return true;
            case CoordinatorMessage.MessageOneofCase.Assignment:
                lock (_lock)
                {
                    // A coordinator that has come back says again what it said before.
                    if (message.Assignment.Generation <= _newest) return false;
                    _newest = message.Assignment.Generation;
                }

                _superseded.Cancel();
                return true;
            case CoordinatorMessage.MessageOneofCase.LeftOut:
                // Said again to a worker that comes back; it may have been assigned to a newer generation meanwhile.
                lock (_lock)
                {
                    if (message.LeftOut.Generation < _newest) return true;
                    _newest = _leftOutOf = message.LeftOut.Generation;
                }

                _superseded.Cancel();
                return true;
            default:
                return true;
        }
    }

    /// <summary>Nothing is worth waiting for any more.</summary>
    public void End()
    {
        lock (_lock) _ended = true;
        _superseded.Cancel();
    }

    /// <summary>Training thread: turns to a generation, unless a newer one is known already.</summary>
    /// <param name="superseded">Cancelled once it is over.</param>
    public bool Begin(long generation, out CancellationToken superseded)
    {
        lock (_lock)
        {
            var isNewest = !_ended && generation == _newest && generation > _leftOutOf;
            if (isNewest) _superseded = new CancellationTokenSource();
            superseded = _superseded.Token;
            return isNewest;
        }
    }

    /// <summary>For after the step.</summary>
    public StepWishes Wishes(long generation)
    {
        lock (_lock)
            return (_stopping ? StepWishes.Stop : StepWishes.None) | (_yielding >= generation ? StepWishes.Yield : StepWishes.None);
    }

    public void Dispose() => _superseded.Dispose();
}
