namespace Inception.Distributed.Jobs;

public sealed record OptimizerSpec
{
    [Field("rmsprop is PyTorch's. rmsprop-tf has ε inside the root, squared averages that start at 1, and the learning rate in the "
        + "momentum buffer. lars (\"Large Batch Training of Convolutional Networks\") is sgd with a rate of its own for each weight, for very large batches.")]
    public required OptimizerKind Name { get; init; }

    [Field("The learning rate that warm-up rises to and the policy starts from.", Above = 0)]
    public required double LearningRate { get; init; }

    [Field("rmsprop, rmsprop-tf: decay of the running average of squared gradients.", Minimum = 0, Below = 1)]
    public double Decay { get; init; } = 0.9;

    [Field("ε of rmsprop, rmsprop-tf and adamw; null: the optimizer's own (rmsprop 1e-8, rmsprop-tf 1, adamw 1e-8).", Above = 0)]
    public double? Epsilon { get; init; }

    [Field("rmsprop, rmsprop-tf, sgd, lars: momentum; 0: none.", Minimum = 0, Below = 1)]
    public double Momentum { get; init; } = 0.9;

    [Field("sgd, lars: Nesterov's momentum; needs a momentum above 0.")]
    public bool Nesterov { get; init; }

    [Field("lars: η of the trust ratio η·‖w‖ / (‖g‖ + weightDecay·‖w‖), which multiplies a weight's learning rate; BatchNorm and biases have none.",
        Above = 0, IsLater = true)]
    public double TrustCoefficient { get; init; } = 0.001;

    [Field("adamw: decay of the first moment.", Minimum = 0, Below = 1)]
    public double Beta1 { get; init; } = 0.9;

    [Field("adamw: decay of the second moment.", Minimum = 0, Below = 1)]
    public double Beta2 { get; init; } = 0.999;

    [Field("On convolution and linear weights only, never on BatchNorm or biases. adamw: decoupled; otherwise added to the gradient.",
        Minimum = 0)]
    public double WeightDecay { get; init; }

    [Field("Largest global norm of the gradient; 0: no clipping.", Minimum = 0)]
    public double GradientClip { get; init; }

    [Field("Decay of the running average of the weights, which is then what gets evaluated; 0: none.", Minimum = 0, Below = 1)]
    public double Ema { get; init; }

    [Field("Let the average begin fast: its decay after t steps is at most (1 + t) / (10 + t), as TensorFlow's with num_updates. Needs an ema above 0.", IsLater = true)]
    public bool EmaWarmup { get; init; }

    /// <summary><see cref="Epsilon"/>, or the optimizer's own: PyTorch's, and for rmsprop-tf the paper's. 0 for sgd and lars, which have none.</summary>
    public double EffectiveEpsilon => Epsilon ?? Name switch
    {
        OptimizerKind.RmspropTf => 1,
        OptimizerKind.Rmsprop or OptimizerKind.Adamw => 1e-8,
        _ => 0,
    };
}

public enum OptimizerKind { Rmsprop, RmspropTf, Sgd, Adamw, Lars }
