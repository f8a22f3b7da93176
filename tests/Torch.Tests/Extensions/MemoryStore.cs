using System.Globalization;
using System.Text;

namespace Inception.Distributed.Torch.Tests.Extensions;

/// <summary>A rendezvous store between the threads of a test.</summary>
internal sealed class MemoryStore : IRendezvousStore
{
    private readonly Dictionary<string, byte[]> _values = [];

    /// <summary>Thrown by every wait, where set.</summary>
    internal Exception? WaitFailure { get; init; }

    public void Set(string key, ReadOnlySpan<byte> value)
    {
        lock (_values)
        {
            _values[key] = value.ToArray();
            Monitor.PulseAll(_values);
        }
    }

    public byte[] Get(string key, TimeSpan timeout)
    {
        lock (_values)
        {
            Wait([key], timeout);
            return _values[key];
        }
    }

    public long Add(string key, long amount)
    {
        lock (_values)
        {
            var sum = amount + (_values.TryGetValue(key, out var value) ? long.Parse(Encoding.ASCII.GetString(value), CultureInfo.InvariantCulture) : 0);
            Set(key, Encoding.ASCII.GetBytes(sum.ToString(CultureInfo.InvariantCulture)));
            return sum;
        }
    }

    public byte[] CompareSet(string key, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> desired)
    {
        lock (_values)
        {
            var known = _values.TryGetValue(key, out var value);
            if (known ? value.AsSpan().SequenceEqual(expected) : expected.IsEmpty)
                Set(key, desired);
            return _values.TryGetValue(key, out value) ? value : expected.ToArray();
        }
    }

    public bool Check(IReadOnlyList<string> keys)
    {
        lock (_values)
            return keys.All(_values.ContainsKey);
    }

    public void Wait(IReadOnlyList<string> keys, TimeSpan timeout)
    {
        if (WaitFailure is not null)
            throw WaitFailure;
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        lock (_values)
        {
            while (!Check(keys))
            {
                var left = deadline - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_values, TimeSpan.FromMilliseconds(left)))
                    throw new TimeoutException($"no {string.Join(", ", keys)}");
            }
        }
    }

    public bool Delete(string key)
    {
        lock (_values)
            return _values.Remove(key);
    }

    public long Count()
    {
        lock (_values)
            return _values.Count;
    }
}
