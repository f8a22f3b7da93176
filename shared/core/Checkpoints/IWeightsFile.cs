namespace Inception.Distributed.Checkpoints;

/// <summary>Tensors by name in a file that has been checked: nothing in it lies outside it. Reading is for one thread.</summary>
public interface IWeightsFile : IDisposable
{
    string Path { get; }

    IReadOnlyList<TensorEntry> Entries { get; }

    /// <summary>Fills <paramref name="destination"/>, exactly as long as the tensor's data, in row-major order and little-endian.</summary>
    void Read(string name, Span<byte> destination);
}
