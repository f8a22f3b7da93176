using System.Buffers.Binary;
using System.Security.Cryptography;
using Inception.Distributed.Worker.Training;

namespace Inception.Distributed.Worker.Checkpointing;

/// <summary>SHA-256 of the training state, in lower-case hex: the test of "the same bits".</summary>
/// <param name="Weights">Of the state dict's tensors in its order, each row-major and little-endian.</param>
/// <param name="State">Of the other files' tensors likewise (running average, optimizer), then the weights' hash, then the step as int64.</param>
internal readonly record struct StateHash(string Weights, string State)
{
    public static StateHash Of(StateLayout layout, TrainingArenas arenas)
    {
        using var weights = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var state = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (file, entries) in layout.Files)
        {
            foreach (var entry in entries)
            {
                using var value = entry.Materialize(arenas);
                if (file == StateLayout.WeightsFile) weights.AppendData(value.bytes);
                else state.AppendData(value.bytes);
            }
        }

        var weightsHash = weights.GetHashAndReset();
        state.AppendData(weightsHash);
        Span<byte> step = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(step, arenas.Step);
        state.AppendData(step);
        return new StateHash(Convert.ToHexStringLower(weightsHash), Convert.ToHexStringLower(state.GetHashAndReset()));
    }
}
