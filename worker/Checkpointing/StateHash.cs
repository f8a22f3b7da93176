using Inception.Distributed.Worker.Training;

namespace Inception.Distributed.Worker.Checkpointing;

/// <summary>SHA-256 of the training state, in lower-case hex: the test of "the same bits".</summary>
/// <param name="Weights">Of the state dict's tensors in its order, each row-major and little-endian.</param>
/// <param name="State">Of the other files' tensors likewise (running average, optimizer), then the weights' hash, then the step as int64.</param>
internal readonly record struct StateHash(string Weights, string State)
{
    public static StateHash Of(StateLayout layout, TrainingArenas arenas)
    {
        using var hasher = new StateHasher(arenas.Step);
        foreach (var (name, entries) in layout.Files)
        {
            var file = hasher.Begin(name, entries);
            foreach (var entry in entries.Where(entry => entry.Arena is not null))
            {
                using var value = entry.Materialize(arenas);
                file.Add(entry, value.bytes);
            }

            file.End();
        }

        return hasher.Finish();
    }
}
