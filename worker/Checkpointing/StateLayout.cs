using Inception.Distributed.Checkpoints;
using Inception.Distributed.Worker.Training;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Checkpointing;

/// <summary>One tensor of the training state under its name in a file: a view into an arena, or (no arena) the count of applied steps.</summary>
internal sealed record StateEntry(string Name, ArenaKind? Arena, TensorSlot Slot)
{
    /// <summary>The tensor in row-major order on the CPU, for the caller to dispose.</summary>
    public Tensor Materialize(TrainingArenas arenas)
    {
        if (Arena is not { } kind) return tensor(arenas.Step);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var view = Slot.ViewIn(arenas[kind]).cpu().contiguous();

        // A tensor that is contiguous already comes back as the view itself; the bytes are the same.
        return view.MoveToOuterDisposeScope();
    }

    public void Restore(TrainingArenas arenas, Tensor value)
    {
        if (Arena is not { } kind) return;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        Slot.ViewIn(arenas[kind]).copy_(value);
    }
}

/// <summary>
/// The training state as files: which tensor lies where under which name. weights: the model's state dict, in its order.
/// ema: the same with the running averages of the weights. optimizer: each buffer under its parameter's name, and the losses and gradient norms
/// that spikes are told by.
/// </summary>
internal sealed class StateLayout
{
    public const string WeightsFile = CheckpointFiles.Weights;
    public const string EmaFile = CheckpointFiles.Ema;
    public const string OptimizerFile = CheckpointFiles.Optimizer;

    public StateLayout(ArenaLayout layout, TrainingArenas arenas)
    {
        var files = new List<(string, IReadOnlyList<StateEntry>)> { (WeightsFile, StateDict(layout, ArenaKind.Parameters)) };
        if (arenas.Find(ArenaKind.Ema) is not null) files.Add((EmaFile, StateDict(layout, ArenaKind.Ema)));
        var optimizer = OptimizerEntries(layout, arenas);
        if (arenas.Find(ArenaKind.History) is { } history)
            optimizer.AddRange(NumbersWatch.Slots(history.NumberOfElements).Select(slot => new StateEntry(slot.Name, ArenaKind.History, slot)));
        if (optimizer.Count > 0) files.Add((OptimizerFile, optimizer));
        Files = files;
    }

    /// <summary>Files in a fixed order, each with its tensors in a fixed order.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<StateEntry> Entries)> Files { get; }

    private static List<StateEntry> StateDict(ArenaLayout layout, ArenaKind weights)
    {
        var parameters = layout.Parameters.ToDictionary(slot => slot.Name);
        var statistics = layout.Statistics.ToDictionary(slot => slot.Name);
        var entries = new List<StateEntry>();
        foreach (var name in layout.StateNames)
        {
            if (parameters.TryGetValue(name, out var slot)) entries.Add(new StateEntry(name, weights, slot));
            else if (statistics.TryGetValue(name, out slot)) entries.Add(new StateEntry(name, ArenaKind.Statistics, slot));
            else if (name.EndsWith(".num_batches_tracked", StringComparison.Ordinal)) entries.Add(new StateEntry(name, null, new TensorSlot(name, 0, [], [])));
            else throw new InvalidOperationException($"the state dict has '{name}', which lies in no arena");
        }

        return entries;
    }

    private static List<StateEntry> OptimizerEntries(ArenaLayout layout, TrainingArenas arenas)
    {
        var entries = new List<StateEntry>();
        foreach (var kind in arenas.All.Keys)
        {
            if (PyTorchName(kind) is { } suffix)
                entries.AddRange(layout.Parameters.Reverse().Select(slot => new StateEntry($"{slot.Name}.{suffix}", kind, slot)));
        }

        return entries;
    }

    /// <summary>What torch.optim calls the buffer; null for what is no optimizer state.</summary>
    private static string? PyTorchName(ArenaKind kind) => kind switch
    {
        ArenaKind.Momentum => "momentum_buffer",
        ArenaKind.SquareAverage => "square_avg",
        ArenaKind.FirstMoment => "exp_avg",
        ArenaKind.SecondMoment => "exp_avg_sq",
        _ => null,
    };
}
