namespace Inception.Distributed.Checkpoints;

/// <summary>A file breaks the safetensors format. The message names the file and the rule.</summary>
public sealed class SafetensorsException(string path, string problem) : Exception($"{path}: {problem}")
{
    public string Path { get; } = path;

    public string Problem { get; } = problem;
}
