using System.Collections;

namespace Inception.Distributed.Jobs;

/// <summary>A list in the order of the job file; immutable. Lists of equal items are equal, as the records that hold them need it.</summary>
public abstract class ValueList<T> : IReadOnlyList<T>
{
    private readonly T[] _items;

    private protected ValueList(ReadOnlySpan<T> items) => _items = items.ToArray();

    public int Count => _items.Length;

    public T this[int index] => _items[index];

    public override bool Equals(object? obj) => obj is ValueList<T> other && other.GetType() == GetType() && _items.SequenceEqual(other._items);

    public override int GetHashCode() => _items.Aggregate(_items.Length, (hash, item) => HashCode.Combine(hash, item));

    public IEnumerator<T> GetEnumerator() => _items.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
