using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Inception.Distributed.Coordinator.Security;

/// <summary>
/// Keeps a flood of connections from locking workers out: those that have not made a call that was let in are limited, and a new one pushes the
/// oldest of them out. For any thread.
/// </summary>
internal sealed class ConnectionGate(Refusals refusals, int mostStrangers = 512)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<ConnectionContext> _strangers = new();
    private readonly Dictionary<string, LinkedListNode<ConnectionContext>> _byId = new(StringComparer.Ordinal);

    /// <summary>Of connections that have made no call yet.</summary>
    public int Strangers
    {
        get
        {
            lock (_lock) return _strangers.Count;
        }
    }

    /// <summary>Middleware ahead of TLS: lets every connection in, and it stays a stranger until <see cref="Admit"/> or its end.</summary>
    public async Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        ConnectionContext? oldest = null;
        lock (_lock)
        {
            _byId[connection.ConnectionId] = _strangers.AddLast(connection);
            if (_strangers.Count > mostStrangers) Remove((oldest = _strangers.First!.Value).ConnectionId);
        }
        if (oldest is not null)
        {
            refusals.Note(Refusal.TooMany, Source(oldest), $"more than {mostStrangers} connections make no call; the oldest ones are closed");
            oldest.Abort();
        }
        try
        {
            await next(connection);
        }
        finally
        {
            lock (_lock) Remove(connection.ConnectionId);
        }
    }

    /// <summary>The connection has made a call that was let in.</summary>
    public void Admit(string connectionId)
    {
        lock (_lock) Remove(connectionId);
    }

    public static string Source(ConnectionContext connection) => Source((connection.RemoteEndPoint as IPEndPoint)?.Address);

    public static string Source(IPAddress? address) => address is null ? "an unknown address" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    private void Remove(string id)
    {
        if (_byId.Remove(id, out var node)) _strangers.Remove(node);
    }
}
