namespace Inception.Distributed.Checkpoints;

/// <summary>The files of tensors in a checkpoint.</summary>
public static class CheckpointFiles
{
    public const string Weights = "weights.safetensors";
    public const string Ema = "ema.safetensors";
    public const string Optimizer = "optimizer.safetensors";
}
