namespace Inception.Distributed.Coordinator.Machine;

/// <summary>
/// One connection of a worker. Never used twice within a run, so what comes late from a closed session can't be taken for its successor's.
/// </summary>
internal readonly record struct SessionId(long Value)
{
    public override string ToString() => $"session {Value}";
}
