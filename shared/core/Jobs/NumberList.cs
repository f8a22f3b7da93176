using System.Collections;
using System.Runtime.CompilerServices;

namespace Inception.Distributed.Jobs;

/// <summary>Numbers in the order of the job file; immutable. Lists of the same numbers are equal, as the records that hold them need it.</summary>
[CollectionBuilder(typeof(NumberList), nameof(Create))]
public sealed class NumberList : IReadOnlyList<double>, IEquatable<NumberList>
{
    private readonly double[] _numbers;

    private NumberList(double[] numbers) => _numbers = numbers;

    public int Count => _numbers.Length;

    public double this[int index] => _numbers[index];

    public static NumberList Create(ReadOnlySpan<double> numbers) => new(numbers.ToArray());

    public bool Equals(NumberList? other) => other is not null && _numbers.AsSpan().SequenceEqual(other._numbers);

    public override bool Equals(object? obj) => Equals(obj as NumberList);

    public override int GetHashCode() => _numbers.Aggregate(_numbers.Length, HashCode.Combine);

    public IEnumerator<double> GetEnumerator() => _numbers.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
