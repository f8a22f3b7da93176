using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Sessions;

/// <summary>
/// What has come from one worker, over all its sessions with this process: drops what comes a second time, and knows how far everything is
/// durable. For any thread.
/// </summary>
internal sealed class Inbox
{
    private readonly Lock _lock = new();
    private readonly Queue<Entry> _open = new();
    private Session? _session;
    private long _received;
    private long _acknowledged;

    /// <summary>Speaks for the worker from now on; an earlier session is put aside, and counts no more.</summary>
    /// <returns>The newest message that has arrived.</returns>
    public long Bind(Session session)
    {
        lock (_lock)
        {
            _session?.Supersede();
            _session = session;
            return _received;
        }
    }

    /// <summary>Takes a message in.</summary>
    /// <returns>Null: it has come before, or through a session that is put aside. Otherwise to be marked when it is durable.</returns>
    public Entry? Take(Session session, WorkerMessage message)
    {
        lock (_lock)
        {
            if (session != _session) return null;
            if (message.Sequence == 0) return new Entry(0, 0);
            if (message.Sequence <= _received) return null;
            _received = message.Sequence;
            var entry = new Entry(message.Sequence, message.StepReport?.Step ?? 0);
            _open.Enqueue(entry);
            return entry;
        }
    }

    /// <summary>The newest message up to which everything is durable; null: it has been said already.</summary>
    /// <param name="lastStep">The newest applied step in the run's files.</param>
    public long? Acknowledge(long lastStep)
    {
        lock (_lock)
        {
            var before = _acknowledged;
            while (_open.TryPeek(out var entry) && (entry.IsDurable || (entry.Step > 0 && entry.Step <= lastStep)))
                _acknowledged = _open.Dequeue().Sequence;
            return _acknowledged > before ? _acknowledged : null;
        }
    }

    /// <param name="sequence">0: a message that may be lost.</param>
    /// <param name="step">Of a step report, which is durable when its step is in the run's files; 0: another message.</param>
    internal sealed class Entry(long sequence, long step)
    {
        private volatile bool _isDurable;

        public long Sequence { get; } = sequence;

        public long Step { get; } = step;

        public bool IsDurable => _isDurable;

        /// <summary>It is in the journal, or means nothing any more.</summary>
        public void MarkDurable() => _isDurable = true;
    }
}
