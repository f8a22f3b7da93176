namespace Inception.Distributed.Torch;

/// <summary>
/// Where the ranks of a process group find each other: c10d's Store. Called on the thread that creates the group (for NCCL also on those that issue operations);
/// what it throws comes out of the call that needed it.
/// </summary>
public interface IRendezvousStore
{
    void Set(string key, ReadOnlySpan<byte> value);

    /// <summary>Waits until the key exists.</summary>
    /// <exception cref="TimeoutException">It did not appear in time.</exception>
    byte[] Get(string key, TimeSpan timeout);

    /// <summary>Adds to a counter that starts at 0, kept as decimal text, and returns the sum.</summary>
    long Add(string key, long amount);

    /// <summary>Sets <paramref name="desired"/> where the value is <paramref name="expected"/>, or where there is none and <paramref name="expected"/> is empty. Returns the value afterwards, or <paramref name="expected"/> where there is none.</summary>
    byte[] CompareSet(string key, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> desired);

    /// <summary>Whether all keys exist.</summary>
    bool Check(IReadOnlyList<string> keys);

    /// <exception cref="TimeoutException">Not all keys appeared in time.</exception>
    void Wait(IReadOnlyList<string> keys, TimeSpan timeout);

    bool Delete(string key);

    /// <summary>Number of keys.</summary>
    long Count();
}
