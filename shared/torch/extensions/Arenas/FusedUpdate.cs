using Inception.Distributed.Torch.Native;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch;

/// <summary>
/// Optimiser steps over flat arenas, in one pass: gradient scale (clip), weight decay, update, moving average of the parameters.
/// </summary>
/// <remarks>
/// All arenas are contiguous, one-dimensional and of one length, dtype (fp32 or fp64) and device; <c>segments</c> cover them. State arenas start at zero
/// unless said otherwise. The arithmetic is in the arenas' dtype, elementwise, and so the same for any number of threads.
/// </remarks>
public static class FusedUpdate
{
    /// <summary>torch.optim.SGD with weight decay added to the gradient and no dampening.</summary>
    /// <param name="momentumBuffer">Needed unless the momentum is 0.</param>
    /// <param name="ema">Moving average of the parameters, or null for none.</param>
    public static void Sgd(Tensor parameters, Tensor gradients, Tensor? momentumBuffer, Tensor? ema, ReadOnlySpan<ArenaSegment> segments, in SgdSettings settings)
    {
        var given = settings;
        RequireBuffer(momentumBuffer, given.Momentum);
        Update(parameters, gradients, momentumBuffer, null, ema, segments, given.GradientScale, given.EmaDecay,
            (in NativeArenas arenas) => ArenaMethods.inc_update_sgd(arenas, given.LearningRate, given.Momentum, given.Nesterov));
    }

    /// <summary>torch.optim.RMSprop: weight decay added to the gradient, epsilon outside the root, the learning rate outside the momentum buffer.</summary>
    /// <param name="momentumBuffer">Needed unless the momentum is 0.</param>
    /// <param name="ema">Moving average of the parameters, or null for none.</param>
    public static void RmsProp(
        Tensor parameters, Tensor gradients, Tensor squareAverage, Tensor? momentumBuffer, Tensor? ema, ReadOnlySpan<ArenaSegment> segments, in RmsPropSettings settings)
    {
        var given = settings;
        RequireBuffer(momentumBuffer, given.Momentum);
        Update(parameters, gradients, squareAverage, momentumBuffer, ema, segments, given.GradientScale, given.EmaDecay,
            (in NativeArenas arenas) => ArenaMethods.inc_update_rmsprop(arenas, given.LearningRate, given.Decay, given.Epsilon, given.Momentum));
    }

    /// <summary>TensorFlow's RMSProp, of the Inception-v3 paper: epsilon inside the root, the learning rate inside the momentum buffer.</summary>
    /// <param name="squareAverage">Starts at 1.</param>
    /// <param name="momentumBuffer">Needed unless the momentum is 0.</param>
    /// <param name="ema">Moving average of the parameters, or null for none.</param>
    public static void RmsPropTf(
        Tensor parameters, Tensor gradients, Tensor squareAverage, Tensor? momentumBuffer, Tensor? ema, ReadOnlySpan<ArenaSegment> segments, in RmsPropSettings settings)
    {
        var given = settings;
        RequireBuffer(momentumBuffer, given.Momentum);
        Update(parameters, gradients, squareAverage, momentumBuffer, ema, segments, given.GradientScale, given.EmaDecay,
            (in NativeArenas arenas) => ArenaMethods.inc_update_rmsprop_tf(arenas, given.LearningRate, given.Decay, given.Epsilon, given.Momentum));
    }

    /// <summary>
    /// LARS ("Large Batch Training of Convolutional Networks", You et al. 2017, algorithm 1): v = momentum·v + rate·λ·(g + weight decay·w), w −= v, with
    /// λ = η·‖w‖ / (‖g‖ + weight decay·‖w‖) for each adaptive segment and 1 for the others, or where a norm is 0. Norms are fp64 sums of
    /// <see cref="FixedOrderSum.SumOfSquares"/>'s order over the segment, of the scaled gradient.
    /// </summary>
    /// <param name="momentumBuffer">Needed unless the momentum is 0.</param>
    /// <param name="ema">Moving average of the parameters, or null for none.</param>
    public static void Lars(Tensor parameters, Tensor gradients, Tensor? momentumBuffer, Tensor? ema, ReadOnlySpan<ArenaSegment> segments, in LarsSettings settings)
    {
        var given = settings;
        RequireBuffer(momentumBuffer, given.Momentum);
        Update(parameters, gradients, momentumBuffer, null, ema, segments, given.GradientScale, given.EmaDecay,
            (in NativeArenas arenas) => ArenaMethods.inc_update_lars(arenas, given.LearningRate, given.TrustCoefficient, given.Momentum, given.Nesterov));
    }

    /// <summary>torch.optim.AdamW: the weights decay by the factor 1 − learning rate · weight decay, before the update.</summary>
    /// <param name="ema">Moving average of the parameters, or null for none.</param>
    public static void AdamW(
        Tensor parameters, Tensor gradients, Tensor firstMoment, Tensor secondMoment, Tensor? ema, ReadOnlySpan<ArenaSegment> segments, in AdamWSettings settings)
    {
        var given = settings;
        ArgumentOutOfRangeException.ThrowIfLessThan(given.Step, 1, nameof(settings));
        Update(parameters, gradients, firstMoment, secondMoment, ema, segments, given.GradientScale, given.EmaDecay,
            (in NativeArenas arenas) => ArenaMethods.inc_update_adamw(arenas, given.LearningRate, given.Beta1, given.Beta2, given.Epsilon, given.Step));
    }

    private delegate StatusCode NativeUpdate(in NativeArenas arenas);

    private static unsafe void Update(
        Tensor parameters, Tensor gradients, Tensor? firstState, Tensor? secondState, Tensor? average, ReadOnlySpan<ArenaSegment> segments,
        double gradientScale, double averageDecay, NativeUpdate update)
    {
        fixed (ArenaSegment* pinned = segments)
        {
            var arenas = new NativeArenas
            {
                Parameters = parameters.Handle,
                Gradients = gradients.Handle,
                FirstState = firstState?.Handle ?? 0,
                SecondState = secondState?.Handle ?? 0,
                Average = average?.Handle ?? 0,
                Segments = pinned,
                SegmentCount = segments.Length,
                GradientScale = gradientScale,
                AverageDecay = averageDecay,
            };
            Status.Check(update(arenas));
        }
        GC.KeepAlive(parameters);
        GC.KeepAlive(gradients);
        GC.KeepAlive(firstState);
        GC.KeepAlive(secondState);
        GC.KeepAlive(average);
    }

    private static void RequireBuffer(Tensor? momentumBuffer, double momentum)
    {
        if (momentum != 0)
            ArgumentNullException.ThrowIfNull(momentumBuffer);
    }
}
