namespace Inception.Distributed.Checkpoints.PyTorch;

/// <summary>A file is none that <c>torch.save</c> wrote of a state dict, or holds more than that. The message names the file and the reason.</summary>
public sealed class TorchFileException(string path, string problem) : Exception($"{path}: {problem}")
{
    public string Path { get; } = path;

    public string Problem { get; } = problem;
}
