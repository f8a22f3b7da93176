using System.Collections.Concurrent;
using Inception.Distributed.Torch;

namespace Inception.Distributed.Worker.Tests.Collectives;

/// <summary>A rendezvous store for ranks that are threads of one process.</summary>
internal sealed class InMemoryStore : IRendezvousStore
{
    private readonly object _lock = new();
    private readonly Dictionary<string, byte[]> _values = [];

    public void Set(string key, ReadOnlySpan<byte> value)
    {
        lock (_lock)
        {
            _values[key] = value.ToArray();
            Monitor.PulseAll(_lock);
        }
    }

    public byte[] Get(string key, TimeSpan timeout)
    {
        Wait([key], timeout);
        lock (_lock) return _values[key];
    }

    public long Add(string key, long amount)
    {
        lock (_lock)
        {
            var sum = amount + (_values.TryGetValue(key, out var bytes) ? long.Parse(System.Text.Encoding.ASCII.GetString(bytes)) : 0);
            Set(key, System.Text.Encoding.ASCII.GetBytes(sum.ToString()));
            return sum;
        }
    }

    public byte[] CompareSet(string key, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> desired)
    {
        lock (_lock)
        {
            var present = _values.TryGetValue(key, out var bytes);
            if (present ? !expected.SequenceEqual(bytes) : expected.Length > 0) return bytes ?? expected.ToArray();
            Set(key, desired);
            return desired.ToArray();
        }
    }

    public bool Check(IReadOnlyList<string> keys)
    {
        lock (_lock) return keys.All(_values.ContainsKey);
    }

    public void Wait(IReadOnlyList<string> keys, TimeSpan timeout)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        lock (_lock)
        {
            while (!Check(keys))
            {
                if (!Monitor.Wait(_lock, timeout - TimeProvider.System.GetElapsedTime(deadline)))
                    throw new TimeoutException($"no {string.Join(", ", keys)} within {timeout}");
            }
        }
    }

    public bool Delete(string key)
    {
        lock (_lock) return _values.Remove(key);
    }

    public long Count()
    {
        lock (_lock) return _values.Count;
    }
}
