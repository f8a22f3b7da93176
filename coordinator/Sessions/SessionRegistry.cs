using System.Collections.Concurrent;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Sessions;

/// <summary>The open sessions, and what has come from each worker. For any thread.</summary>
/// <param name="lastId">The newest session of the run's earlier processes.</param>
internal sealed class SessionRegistry(long lastId = 0)
{
    private readonly ConcurrentDictionary<SessionId, Session> _sessions = new();
    private readonly ConcurrentDictionary<string, Inbox> _inboxes = new(StringComparer.Ordinal);
    private volatile TaskCompletionSource _closed = NewSignal();
    private long _lastId = lastId;
    private volatile bool _isClosed;

    public SessionId NextId() => new(Interlocked.Increment(ref _lastId));

    public Inbox InboxOf(string workerId) => _inboxes.GetOrAdd(workerId, _ => new Inbox());

    public void Add(Session session)
    {
        _sessions[session.Id] = session;
        if (_isClosed) session.Supersede();
    }

    /// <summary>Ends every session without a word, those that come later too, and their ends mean nothing.</summary>
    public void Close()
    {
        _isClosed = true;
        foreach (var session in _sessions.Values) session.Supersede();
    }

    public void Remove(Session session)
    {
        _sessions.TryRemove(session.Id, out _);
        Interlocked.Exchange(ref _closed, NewSignal()).TrySetResult();
    }

    public Session? Find(SessionId id) => _sessions.GetValueOrDefault(id);

    public void SendToAll(CoordinatorMessage message)
    {
        foreach (var session in _sessions.Values)
            session.Send(message);
    }

    /// <summary>How many are still open when none is, or when the time has passed.</summary>
    public async Task<int> WhenEmptyAsync(TimeSpan atMost, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(atMost, time);
        while (true)
        {
            var closed = _closed.Task;
            if (_sessions.IsEmpty) return 0;
            await closed.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (limit.IsCancellationRequested) return _sessions.Count;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
