using Inception.Distributed.Jobs;
using Inception.Distributed.Torch;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Training;

/// <summary>The job's optimizer over the arenas: one fused pass a step, in the order clip, decay, update, running average.</summary>
internal sealed class Optimizer(OptimizerSpec spec, ArenaLayout layout, TrainingArenas arenas)
{
    // rmsprop's and AdamW's is PyTorch's default; rmsprop-tf's is the paper's.
    private const double DefaultEpsilon = 1e-8;
    private const double DefaultTensorFlowEpsilon = 1;

    private readonly ArenaSegment[] _segments = layout.DecaySegments(spec.WeightDecay);

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
        var epsilon = spec.Epsilon ?? (spec.Name == OptimizerKind.RmspropTf ? DefaultTensorFlowEpsilon : DefaultEpsilon);
        switch (spec.Name)
        {
            case OptimizerKind.Sgd:
                FusedUpdate.Sgd(parameters, gradients, momentum, ema, _segments, new SgdSettings
                {
                    LearningRate = learningRate, Momentum = spec.Momentum, Nesterov = spec.Nesterov,
                    GradientScale = gradientScale, EmaDecay = spec.Ema,
                });
                break;
            case OptimizerKind.Rmsprop:
            case OptimizerKind.RmspropTf:
                var settings = new RmsPropSettings
                {
                    LearningRate = learningRate, Decay = spec.Decay, Epsilon = epsilon, Momentum = spec.Momentum,
                    GradientScale = gradientScale, EmaDecay = spec.Ema,
                };
                if (spec.Name == OptimizerKind.Rmsprop)
                    FusedUpdate.RmsProp(parameters, gradients, arenas[ArenaKind.SquareAverage], momentum, ema, _segments, settings);
                else
                    FusedUpdate.RmsPropTf(parameters, gradients, arenas[ArenaKind.SquareAverage], momentum, ema, _segments, settings);
                break;
            case OptimizerKind.Adamw:
                FusedUpdate.AdamW(parameters, gradients, arenas[ArenaKind.FirstMoment], arenas[ArenaKind.SecondMoment], ema, _segments, new AdamWSettings
                {
                    LearningRate = learningRate, Beta1 = spec.Beta1, Beta2 = spec.Beta2, Epsilon = epsilon, Step = arenas.Step + 1,
                    GradientScale = gradientScale, EmaDecay = spec.Ema,
                });
                break;
            default:
                throw new InvalidOperationException($"no update for optimizer {spec.Name}");
        }
    }
}
