namespace Grpc.Core;

/// <summary>What a server call hands on to the calls that it makes; the library's own.</summary>
public abstract class ContextPropagationToken
{
    internal ContextPropagationToken() { }
}

public class ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true)
{
    public static readonly ContextPropagationOptions Default = new();

    public bool IsPropagateDeadline { get; } = propagateDeadline;

    public bool IsPropagateCancellation { get; } = propagateCancellation;
}
