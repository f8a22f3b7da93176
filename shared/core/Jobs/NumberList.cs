using System.Runtime.CompilerServices;

namespace Inception.Distributed.Jobs;

/// <summary>Numbers of a job.</summary>
[CollectionBuilder(typeof(NumberList), nameof(Create))]
public sealed class NumberList : ValueList<double>
{
    private NumberList(ReadOnlySpan<double> numbers)
        : base(numbers)
    {
    }

    public static NumberList Create(ReadOnlySpan<double> numbers) => new(numbers);
}
