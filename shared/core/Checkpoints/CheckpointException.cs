namespace Inception.Distributed.Checkpoints;

/// <summary>A checkpoint is not whole, or is not one. The message says in what.</summary>
public sealed class CheckpointException(string message) : Exception(message);
