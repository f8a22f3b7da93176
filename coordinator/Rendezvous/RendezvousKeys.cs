using System.Globalization;
using System.Text;

namespace Inception.Distributed.Coordinator.Rendezvous;

/// <summary>
/// The keys of the present generation, in memory. Semantics as c10d's Store (torch/csrc/distributed/c10d/Store.hpp): get waits for its
/// key, add counts in decimal text, compare-and-set treats an absent key as empty. For any thread.
/// </summary>
internal sealed class RendezvousKeys
{
    /// <summary>What the keys and values of a generation may take, in bytes. A thousand ranks connected pair by pair need some tens of MiB.</summary>
    public const long Capacity = 256L << 20;

    // Of a dictionary's entry and its two objects, so that empty values are not free.
    private const int EntryOverhead = 100;

    private readonly Lock _lock = new();
    private Dictionary<string, byte[]> _values = [];
    private long _size;
    private long _generation;

    // Completed, and replaced, at each change that a wait may be for.
    private TaskCompletionSource _change = NewSignal();

    /// <summary>Serves a newer generation: earlier keys are gone, and their waits end with <see cref="SupersededException"/>.</summary>
    public void Open(long generation)
    {
        lock (_lock)
        {
            if (generation <= _generation)
                throw new InvalidOperationException($"Generation {generation} does not follow {_generation}.");
            _generation = generation;
            (_values, _size) = ([], 0);
            Signal();
        }
    }

    /// <summary>The run has ended: no generation follows, and all waits end.</summary>
    public void Close() => Open(long.MaxValue);

    /// <exception cref="StoreFullException">There is no room for it; so too from the other methods that write.</exception>
    public void Set(long generation, string key, byte[] value)
    {
        lock (_lock)
        {
            Put(Values(generation), key, value);
            Signal();
        }
    }

    /// <exception cref="SupersededException">A newer generation has begun, also while waiting.</exception>
    public Task<byte[]> GetAsync(long generation, string key, CancellationToken cancellationToken) =>
        WaitUntilAsync(generation, values => values.GetValueOrDefault(key), cancellationToken);

    public long Add(long generation, string key, long amount)
    {
        lock (_lock)
        {
            var values = Values(generation);
            var sum = amount + (values.TryGetValue(key, out var text) ? long.Parse(text, CultureInfo.InvariantCulture) : 0);
            Put(values, key, Encoding.ASCII.GetBytes(sum.ToString(CultureInfo.InvariantCulture)));
            Signal();
            return sum;
        }
    }

    /// <returns>The key's value afterwards; for an absent key that was expected to hold something, what was expected.</returns>
    public byte[] CompareSet(long generation, string key, byte[] expected, byte[] desired)
    {
        lock (_lock)
        {
            var values = Values(generation);
            var isPresent = values.TryGetValue(key, out var present);
            if (isPresent ? !present.AsSpan().SequenceEqual(expected) : expected.Length > 0) return isPresent ? present! : expected;
            Put(values, key, desired);
            Signal();
            return desired;
        }
    }

    public bool HasAll(long generation, IReadOnlyCollection<string> keys)
    {
        lock (_lock)
            return keys.All(Values(generation).ContainsKey);
    }

    /// <exception cref="SupersededException">A newer generation has begun, also while waiting.</exception>
    public Task WaitAsync(long generation, IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        WaitUntilAsync(generation, values => keys.All(values.ContainsKey) ? values : null, cancellationToken);

    /// <returns>How many of the keys there were.</returns>
    public int Delete(long generation, IReadOnlyCollection<string> keys)
    {
        lock (_lock)
        {
            var values = Values(generation);
            return keys.Count(key => Take(values, key));
        }
    }

    public int Count(long generation)
    {
        lock (_lock)
            return Values(generation).Count;
    }

    private async Task<T> WaitUntilAsync<T>(long generation, Func<Dictionary<string, byte[]>, T?> look, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            Task change;
            lock (_lock)
            {
                if (look(Values(generation)) is { } found) return found;
                change = _change.Task;
            }
            await change.WaitAsync(cancellationToken);
        }
    }

    private Dictionary<string, byte[]> Values(long generation) =>
        generation == _generation ? _values : throw new SupersededException(generation, _generation);

    private void Put(Dictionary<string, byte[]> values, string key, byte[] value)
    {
        var size = _size + SizeOf(key, value) - (values.TryGetValue(key, out var former) ? SizeOf(key, former) : 0);
        if (size > Capacity) throw new StoreFullException(values.Count);
        (values[key], _size) = (value, size);
    }

    private bool Take(Dictionary<string, byte[]> values, string key)
    {
        if (!values.Remove(key, out var value)) return false;
        _size -= SizeOf(key, value);
        return true;
    }

    private static long SizeOf(string key, byte[] value) => EntryOverhead + sizeof(char) * (long)key.Length + value.Length;

    private void Signal()
    {
        var change = _change;
        _change = NewSignal();
        change.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>The caller's generation is not the present one.</summary>
internal sealed class SupersededException(long generation, long present) : Exception(
    present == long.MaxValue
        ? $"generation {generation} is over: the run has ended"
        : $"generation {generation} is not the present one, which is {present}");

/// <summary>The generation's keys have no room for more.</summary>
internal sealed class StoreFullException(int keys) : Exception($"the store is full: {keys} keys take {RendezvousKeys.Capacity >> 20} MiB");
