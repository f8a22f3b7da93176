using Inception.Distributed.Protocol;

namespace Inception.Distributed.Worker.Session;

/// <summary>
/// What goes up to the coordinator. Messages that must not be lost are numbered and kept until they are acknowledged, over any number
/// of connections; heartbeats are not, and only the newest one waits. For any thread.
/// </summary>
internal sealed class Outbox : IOutbox
{
    private readonly Lock _lock = new();
    private readonly List<WorkerMessage> _kept = [];
    private TaskCompletionSource _changed = NewSignal();
    private WorkerMessage? _heartbeat;
    private long _last;
    private long _sent;
    private bool _completed;

    public void Send(WorkerMessage message)
    {
        lock (_lock)
        {
            message.Sequence = ++_last;
            _kept.Add(message);
            Signal();
        }
    }

    public void Beat(Heartbeat heartbeat)
    {
        lock (_lock)
        {
            _heartbeat = new WorkerMessage { Heartbeat = heartbeat };
            Signal();
        }
    }

    /// <summary>Everything up to this number is durable with the coordinator.</summary>
    public void Acknowledge(long sequence)
    {
        lock (_lock) _kept.RemoveRange(0, (int)Math.Clamp(sequence - Before, 0, _kept.Count));
    }

    /// <summary>A new connection goes on behind this number: what was sent later and not acknowledged is sent again.</summary>
    public void ResumeAfter(long sequence)
    {
        lock (_lock)
        {
            Acknowledge(sequence);
            _sent = Before;
            Signal();
        }
    }

    /// <summary>Nothing more will come; what is there still goes out.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            Signal();
        }
    }

    /// <summary><see cref="Complete"/> was called.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_lock) return _completed;
        }
    }

    /// <summary>The next message for the connection; null once all are sent and <see cref="Complete"/> was called. One reader.</summary>
    public async ValueTask<WorkerMessage?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_sent < _last) return _kept[(int)(++_sent - Before) - 1];
                if (_completed) return null;
                if (_heartbeat is { } heartbeat)
                {
                    _heartbeat = null;
                    return heartbeat;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    // The number of the message before the first one kept.
    private long Before => _last - _kept.Count;

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
