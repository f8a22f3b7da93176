using Inception.Distributed.Checkpoints;
using Inception.Distributed.Worker.Training;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Checkpointing;

/// <summary>Reads a checkpoint into the arenas: its files are verified before, the state that they make afterwards.</summary>
internal static class CheckpointLoader
{
    /// <exception cref="UserErrorException">The checkpoint can't be read here, or is not of this job.</exception>
    public static void Load(string directory, long step, StateLayout layout, Replica replica)
    {
        try
        {
            var checkpoint = Checkpoint.Open(directory);
            foreach (var (name, entries) in layout.Files)
            {
                using var file = SafetensorsFile.Open(checkpoint.PathOf(name));
                foreach (var entry in entries.Where(entry => entry.Arena is not null)) Restore(file, entry, replica.Arenas);
            }

            (replica.Arenas.Step, replica.Arenas.Corrupt) = (step, checkpoint.State.Corrupt);
            var expected = checkpoint.State.StateSha256;
            var actual = StateHash.Of(layout, replica.Arenas).State;
            if (actual != expected) throw new CheckpointException($"its state has SHA-256 {actual}, its state.json says {expected}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CheckpointException or SafetensorsException)
        {
            throw new UserErrorException(directory, $"the checkpoint can't be loaded: {exception.Message}. Every worker needs to read the checkpoints' directory under the coordinator's path.");
        }
    }

    private static void Restore(SafetensorsFile file, StateEntry entry, TrainingArenas arenas)
    {
        using var value = empty(entry.Slot.Shape, float32);
        file.Read(entry.Name, value.bytes);
        entry.Restore(arenas, value);
    }
}
