namespace Inception.Distributed.Worker.Collectives;

/// <summary>Members of the generation were waited for in vain, though the coordinator counts them among the living.</summary>
/// <param name="ranks">Those of which is known that nothing came.</param>
internal sealed class UnheardException(IReadOnlyList<int> ranks, Exception cause) : Exception(cause.Message, cause)
{
    public IReadOnlyList<int> Ranks { get; } = ranks;
}
