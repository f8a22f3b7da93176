using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Inception.Distributed.Worker.Checkpointing;

/// <summary>Computes a <see cref="StateHash"/> from tensors as they are written, so that none is put into row-major order twice.</summary>
/// <param name="step">Applied steps.</param>
internal sealed class StateHasher(long step) : IDisposable
{
    private readonly IncrementalHash _weights = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _state = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The tensors of one file, which come in its order, those without an arena left out: these are the step, wherever they stand.</summary>
    public FileHasher Begin(string file, IReadOnlyList<StateEntry> entries) => new(file == StateLayout.WeightsFile ? _weights : _state, entries, step);

    /// <summary>After the last file.</summary>
    public StateHash Finish()
    {
        var weights = _weights.GetHashAndReset();
        _state.AppendData(weights);
        AppendStep(_state, step);
        return new StateHash(Convert.ToHexStringLower(weights), Convert.ToHexStringLower(_state.GetHashAndReset()));
    }

    public void Dispose()
    {
        _weights.Dispose();
        _state.Dispose();
    }

    private static void AppendStep(IncrementalHash hash, long step)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, step);
        hash.AppendData(bytes);
    }

    internal sealed class FileHasher(IncrementalHash hash, IReadOnlyList<StateEntry> entries, long step)
    {
        private int _next;

        public void Add(StateEntry entry, ReadOnlySpan<byte> value)
        {
            AddSteps();
            if (!ReferenceEquals(entries[_next++], entry)) throw new InvalidOperationException($"'{entry.Name}' comes out of order");
            hash.AppendData(value);
        }

        /// <summary>After the last tensor.</summary>
        public void End()
        {
            AddSteps();
            if (_next != entries.Count) throw new InvalidOperationException($"'{entries[_next].Name}' is missing");
        }

        private void AddSteps()
        {
            for (; _next < entries.Count && entries[_next].Arena is null; _next++) AppendStep(hash, step);
        }
    }
}
