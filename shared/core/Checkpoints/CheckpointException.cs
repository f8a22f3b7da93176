namespace Inception.Distributed.Checkpoints;

/// <summary>A checkpoint is not whole, or is not one. The message says in what.</summary>
public sealed class CheckpointException(string message, CheckpointDamage damage = CheckpointDamage.State) : Exception(message)
{
    public CheckpointDamage Damage { get; } = damage;

    /// <summary>There is no manifest: it was never finished.</summary>
    internal bool IsUnfinished { get; init; }
}
