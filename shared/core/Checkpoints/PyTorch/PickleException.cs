namespace Inception.Distributed.Checkpoints.PyTorch;

/// <summary>A pickle is broken, or asks for more than a state dict needs.</summary>
/// <param name="offset">Of the opcode, in bytes from the pickle's start.</param>
internal sealed class PickleException(int offset, string problem) : Exception($"byte {offset} of the pickle: {problem}");
