using Inception.Distributed.Jobs;
using Inception.Distributed.Torch;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Training;

/// <summary>The job's optimizer over the arenas: one fused pass a step, in the order clip, decay, update, running average.</summary>
internal sealed class Optimizer(OptimizerSpec spec, ArenaLayout layout, TrainingArenas arenas)
{
    private readonly ArenaSegment[] _segments = layout.Segments(spec.WeightDecay, adaptive: spec.Name == OptimizerKind.Lars);

    /// <summary>The state before the first step: averages of the weights start at the weights, TensorFlow's squared average at 1.</summary>
    public void Initialize()
    {
        using var quiet = no_grad();
        foreach (var kind in TrainingArenas.OptimizerArenas(spec)) arenas[kind].zero_();
        if (spec.Name == OptimizerKind.RmspropTf) arenas[ArenaKind.SquareAverage].fill_(1);
        arenas.Find(ArenaKind.Ema)?.copy_(arenas[ArenaKind.Parameters]);
    }

    /// <param name="gradients">Summed gradients, laid out as the parameters.</param>
    /// <param name="gradientScale">Multiplies each gradient as it is read: 1/R and the clip factor.</param>
    /// <param name="learningRate">Of this step.</param>
    public void Apply(Tensor gradients, double gradientScale, double learningRate)
    {
        var parameters = arenas[ArenaKind.Parameters];
        var momentum = arenas.Find(ArenaKind.Momentum);
        var ema = arenas.Find(ArenaKind.Ema);
        var epsilon = spec.EffectiveEpsilon;
        var emaDecay = EmaDecayAt(spec, arenas.Step);
        switch (spec.Name)
        {
            case OptimizerKind.Sgd:
                var sgd = new SgdSettings(learningRate, spec.Momentum, spec.Nesterov, gradientScale, emaDecay);
                FusedUpdate.Sgd(parameters, gradients, momentum, ema, _segments, sgd);
                break;
            case OptimizerKind.Lars:
                var lars = new LarsSettings(learningRate, spec.TrustCoefficient, spec.Momentum, spec.Nesterov, gradientScale, emaDecay);
                FusedUpdate.Lars(parameters, gradients, momentum, ema, _segments, lars);
                break;
            case OptimizerKind.Rmsprop:
                FusedUpdate.RmsProp(parameters, gradients, arenas[ArenaKind.SquareAverage], momentum, ema, _segments, RmsProp());
                break;
            case OptimizerKind.RmspropTf:
                FusedUpdate.RmsPropTf(parameters, gradients, arenas[ArenaKind.SquareAverage], momentum, ema, _segments, RmsProp());
                break;
            case OptimizerKind.Adamw:
                var adamw = new AdamWSettings(learningRate, arenas.Step + 1, spec.Beta1, spec.Beta2, epsilon, gradientScale, emaDecay);
                FusedUpdate.AdamW(parameters, gradients, arenas[ArenaKind.FirstMoment], arenas[ArenaKind.SecondMoment], ema, _segments, adamw);
                break;
            default:
                throw new InvalidOperationException($"no update for optimizer {spec.Name}");
        }

        RmsPropSettings RmsProp() => new(learningRate, spec.Decay, epsilon, spec.Momentum, gradientScale, emaDecay);
    }

    /// <summary>
    /// The average's decay at the update after <paramref name="step"/> others. With warm-up it is at most (1 + step) / (10 + step), TensorFlow's
    /// ExponentialMovingAverage with num_updates, so that the average does not hang on to the initial weights.
    /// </summary>
    internal static double EmaDecayAt(OptimizerSpec spec, long step) =>
        spec.EmaWarmup ? Math.Min(spec.Ema, (1.0 + step) / (10.0 + step)) : spec.Ema;
}
