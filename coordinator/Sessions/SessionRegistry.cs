using System.Collections.Concurrent;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Sessions;

/// <summary>The open sessions. For any thread.</summary>
internal sealed class SessionRegistry
{
    private readonly ConcurrentDictionary<SessionId, Session> _sessions = new();
    private volatile TaskCompletionSource _closed = NewSignal();
    private long _lastId;

    public SessionId NextId() => new(Interlocked.Increment(ref _lastId));

    public void Add(Session session) => _sessions[session.Id] = session;

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
