using Inception.Distributed.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Training;

/// <summary>A tensor's place in an arena.</summary>
/// <param name="Name">Its name in the state dict.</param>
/// <param name="Offset">First element.</param>
/// <param name="Shape">Logical shape; convolution weights are [out, in, height, width].</param>
/// <param name="Strides">In elements; channels-last for convolution weights.</param>
internal sealed record TensorSlot(string Name, long Offset, long[] Shape, long[] Strides)
{
    public long Length { get; } = Shape.Aggregate(1L, (product, size) => product * size);

    public Tensor ViewIn(Tensor arena) => arena.as_strided(Shape, Strides, arena.storage_offset() + Offset);
}

/// <summary>
/// How a model's parameters and BatchNorm statistics lie in flat arenas. Parameters are in backward order, so that a bucket is a
/// slice whose gradients become ready together; each tensor starts on a multiple of 16 elements, and the gaps stay zero.
/// </summary>
internal sealed class ArenaLayout
{
    public const long Alignment = 16;

    private ArenaLayout(IReadOnlyList<TensorSlot> parameters, IReadOnlyList<TensorSlot> statistics, IReadOnlyList<string> stateNames)
    {
        Parameters = parameters;
        Statistics = statistics;
        StateNames = stateNames;
        ParameterLength = End(parameters);
        StatisticsLength = End(statistics);
    }

    /// <summary>Trainable tensors, in backward order.</summary>
    public IReadOnlyList<TensorSlot> Parameters { get; }

    /// <summary>BatchNorm's running means and variances.</summary>
    public IReadOnlyList<TensorSlot> Statistics { get; }

    /// <summary>Names of the state dict, in its order.</summary>
    public IReadOnlyList<string> StateNames { get; }

    public long ParameterLength { get; }

    public long StatisticsLength { get; }

    public static ArenaLayout Of(nn.Module model)
    {
        var parameters = new List<TensorSlot>();
        var offset = 0L;
        foreach (var (name, parameter) in model.named_parameters().Reverse())
        {
            parameters.Add(Place(name, parameter, ref offset));
        }

        var statistics = new List<TensorSlot>();
        offset = 0;
        foreach (var (name, buffer) in model.named_buffers())
        {
            if (IsStatistic(name)) statistics.Add(Place(name, buffer, ref offset));
        }

        return new ArenaLayout(parameters, statistics, [.. model.state_dict().Keys]);
    }

    /// <summary>
    /// Moves the model into the arenas: parameters become views of <paramref name="parameters"/> with preset gradients in
    /// <paramref name="gradients"/> (null: a model that is not trained has none), and BatchNorm's statistics views of
    /// <paramref name="statistics"/>. Values are kept.
    /// </summary>
    public void Attach(nn.Module model, Tensor parameters, Tensor? gradients, Tensor statistics)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var slots = Parameters.ToDictionary(slot => slot.Name);
        foreach (var (name, parameter) in model.named_parameters())
        {
            var view = slots[name].ViewIn(parameters);
            view.copy_(parameter);
            ParameterViews.SetData(parameter, view);
            if (gradients is not null) ParameterViews.SetGradient(parameter, slots[name].ViewIn(gradients));
        }

        var buffers = Statistics.ToDictionary(slot => slot.Name);
        foreach (var (name, buffer) in model.named_buffers().Where(entry => IsStatistic(entry.name)))
        {
            var view = buffers[name].ViewIn(statistics);
            view.copy_(buffer);
            ParameterViews.SetData(buffer, view);
        }
    }

    /// <summary>
    /// The arena's consecutive ranges with their weight decay: convolution and linear weights decay, BatchNorm and biases do not.
    /// </summary>
    /// <param name="weightDecay">Of the weights.</param>
    /// <param name="adaptive">Each weight is a range of its own with a trust ratio; BatchNorm and biases have none.</param>
    public ArenaSegment[] Segments(double weightDecay, bool adaptive)
    {
        var segments = new List<ArenaSegment>();
        for (var index = 0; index < Parameters.Count; index++)
        {
            var slot = Parameters[index];
            var end = index + 1 < Parameters.Count ? Parameters[index + 1].Offset : ParameterLength;
            var isWeight = slot.Shape.Length > 1;
            var segment = new ArenaSegment(end - slot.Offset, isWeight ? weightDecay : 0, isWeight && adaptive);
            if (segments.Count > 0 && !segment.Adaptive && segments[^1] with { Length = segment.Length } == segment)
            {
                segments[^1] = segments[^1] with { Length = segments[^1].Length + segment.Length };
            }
            else
            {
                segments.Add(segment);
            }
        }

        return [.. segments];
    }

    public static bool IsStatistic(string name) => name.EndsWith(".running_mean", StringComparison.Ordinal) || name.EndsWith(".running_var", StringComparison.Ordinal);

    private static TensorSlot Place(string name, Tensor tensor, ref long offset)
    {
        var slot = new TensorSlot(name, offset, tensor.shape, ChannelsLastStrides(tensor.shape));
        offset = Align(offset + slot.Length);
        return slot;
    }

    private static long[] ChannelsLastStrides(long[] shape)
    {
        if (shape is [_, var channels, var height, var width])
        {
            return [channels * height * width, 1, width * channels, channels];
        }

        var strides = new long[shape.Length];
        var stride = 1L;
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        return strides;
    }

    private static long End(IReadOnlyList<TensorSlot> slots) => slots.Count == 0 ? 0 : Align(slots[^1].Offset + slots[^1].Length);

    private static long Align(long offset) => (offset + Alignment - 1) / Alignment * Alignment;
}
