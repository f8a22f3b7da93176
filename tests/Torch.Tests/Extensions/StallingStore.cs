namespace Inception.Distributed.Torch.Tests.Extensions;

/// <summary>Another store, in which a rank publishes its address, and then stands still until it may go on.</summary>
internal sealed class StallingStore(IRendezvousStore inner, TaskCompletionSource published, ManualResetEventSlim mayGoOn) : IRendezvousStore
{
    // Its host's name, its address.
    private const int Sets = 2;

    private int _sets;

    public void Set(string key, ReadOnlySpan<byte> value)
    {
        inner.Set(key, value);
        if (++_sets == Sets) published.TrySetResult();
    }

    public byte[] Get(string key, TimeSpan timeout)
    {
        if (_sets == Sets) mayGoOn.Wait();
        return inner.Get(key, timeout);
    }

    public long Add(string key, long amount) => inner.Add(key, amount);

    public byte[] CompareSet(string key, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> desired) => inner.CompareSet(key, expected, desired);

    public bool Check(IReadOnlyList<string> keys) => inner.Check(keys);

    public void Wait(IReadOnlyList<string> keys, TimeSpan timeout)
    {
        if (_sets == Sets) mayGoOn.Wait();
        inner.Wait(keys, timeout);
    }

    public bool Delete(string key) => inner.Delete(key);

    public long Count() => inner.Count();
}
