using System.Collections.Immutable;

namespace Inception.Distributed.Coordinator.Machine;

/// <param name="Reason">A sentence for the operator; null when there is nothing to tell.</param>
internal sealed record Decision(RunState State, ImmutableArray<Effect> Effects, string? Reason)
{
    /// <summary>The event changes nothing: it comes from an older generation, from a closed session, or a second time.</summary>
    public static Decision Ignore(RunState state) => new(state, [], null);

    public bool IsNothing(RunState before) => ReferenceEquals(State, before) && Effects.IsEmpty && Reason is null;

    public static Decision To(RunState state, string? reason = null, params ReadOnlySpan<Effect> effects) => new(state, [.. effects], reason);

    /// <summary>Goes on with another decision made from this one's state, unless the run has ended; both reasons are told.</summary>
    public Decision Then(Func<RunState, Decision> next)
    {
        if (State.Phase is Ended) return this;
        var second = next(State);
        return new Decision(second.State, [.. Effects, .. second.Effects],
            Reason is null || second.Reason is null ? Reason ?? second.Reason : $"{Reason} {second.Reason}");
    }
}
