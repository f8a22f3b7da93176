using System.Runtime.InteropServices;
using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Checkpointing;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Training;

/// <summary>What is wrong with a step's numbers.</summary>
/// <param name="What">A clause.</param>
internal sealed record Trouble(string What, bool IsSpike, NumbersPolicy Policy);

/// <summary>
/// Judges the loss and the gradient norm of a step, which are the same bits on all ranks, against those of the last steps. What it remembers
/// is an arena of its own, so that it goes where the state goes: to joiners, into checkpoints and back. Training thread only.
/// </summary>
/// <param name="history">The arena; null: the job does not watch for spikes.</param>
internal sealed class NumbersWatch(NumbersSpec spec, Tensor? history)
{
    // Makes the median absolute deviation of a normal distribution its standard deviation: 1 / Φ⁻¹(3/4).
    private const double Deviations = 1.4826;

    // Of the median, at least: losses that hardly vary are no reason to take the next one for a spike.
    private const double LeastDeviation = 0.01;

    private readonly double[] _values = new double[spec.Window];

    /// <summary>Elements of the arena: losses, then norms, each at its step modulo the window; NaN where none is known.</summary>
    public static long ArenaLength(NumbersSpec spec) => 2L * spec.Window;

    /// <summary>The arena's tensors in a checkpoint.</summary>
    public static IEnumerable<TensorSlot> Slots(long arenaLength) =>
        [new("numbers.loss", 0, [arenaLength / 2], [1]), new("numbers.gradient_norm", arenaLength / 2, [arenaLength / 2], [1])];

    /// <returns>Null: nothing is wrong.</returns>
    public Trouble? Judge(double loss, double norm)
    {
        if (!double.IsFinite(loss)) return new Trouble("the loss is not finite", false, spec.NonFinite);
        if (!double.IsFinite(norm)) return new Trouble("the gradient is not finite", false, spec.NonFinite);
        if (history is null) return null;
        using var copy = history.cpu();
        var past = MemoryMarshal.Cast<byte, float>(copy.bytes);
        if (spec.LossSpike > 0 && Known(past[..spec.Window]) is { Length: > 0 } losses)
        {
            var median = MedianOf(losses);
            for (var i = 0; i < losses.Length; i++) losses[i] = Math.Abs(losses[i] - median);
            var limit = median + spec.LossSpike * Math.Max(Deviations * MedianOf(losses), LeastDeviation * Math.Abs(median));
            if (loss > limit) return new Trouble(Text($"the loss is a spike, above {limit:0.####} with a median of {median:0.####}"), true, spec.Spike);
        }

        if (spec.NormSpike > 0 && Known(past[spec.Window..]) is { Length: > 0 } norms && MedianOf(norms) is var usual && norm > spec.NormSpike * usual)
            return new Trouble(Text($"the gradient norm is a spike, above {spec.NormSpike:0.####} times the median of {usual:0.####}"), true, spec.Spike);
        return null;
    }

    /// <summary>Of a step that is done with, whether its update was applied or skipped: a level that lasts becomes the usual one.</summary>
    /// <param name="step">Steps before it.</param>
    public void Remember(long step, double loss, double norm)
    {
        if (history is null || !double.IsFinite(loss) || !double.IsFinite(norm)) return;
        using var scope = NewDisposeScope();
        var index = step % spec.Window;
        history.narrow(0, index, 1).fill_(loss);
        history.narrow(0, spec.Window + index, 1).fill_(norm);
    }

    /// <summary>Those that are known; none while they are fewer than half of the window.</summary>
    private Span<double> Known(ReadOnlySpan<float> values)
    {
        var count = 0;
        foreach (var value in values)
        {
            if (float.IsFinite(value)) _values[count++] = value;
        }

        return count >= (values.Length + 1) / 2 ? _values.AsSpan(0, count) : [];
    }

    private static double MedianOf(Span<double> values)
    {
        values.Sort();
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
