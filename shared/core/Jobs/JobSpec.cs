namespace Inception.Distributed.Jobs;

/// <summary>What the user wrote in a job file, complete with defaults; immutable. <see cref="JobPlan"/> is what follows from it.</summary>
public sealed record JobSpec
{
    public required string Name { get; init; }

    /// <summary>Keys every random choice of the run: sample order, augmentation, dropout, initial weights.</summary>
    public long Seed { get; init; }

    public required ModelSpec Model { get; init; }
    public LossSpec Loss { get; init; } = new();
    public required DataSpec Data { get; init; }
    public required BatchSpec Batch { get; init; }
    public required OptimizerSpec Optimizer { get; init; }
    public required ScheduleSpec Schedule { get; init; }
    public CheckpointSpec Checkpoint { get; init; } = new();
    public WorkersSpec Workers { get; init; } = new();
    public ReductionKind Reduction { get; init; } = ReductionKind.Deterministic;
    public Precision Precision { get; init; } = Precision.Fp32;
}

public sealed record ModelSpec
{
    /// <summary>Network by name, e.g. <c>inception-v3</c>.</summary>
    public required string Name { get; init; }

    public required int Classes { get; init; }

    /// <summary>Multiplies every channel count; 1 is the paper's network.</summary>
    public double Width { get; init; } = 1;

    /// <summary>Height and width of the network's input in pixels, at least 75.</summary>
    public int InputSize { get; init; } = 299;

    /// <summary>Probability of dropping a feature before the classifier.</summary>
    public double Dropout { get; init; } = 0.5;

    public AuxiliarySpec Auxiliary { get; init; } = new();
}

public sealed record AuxiliarySpec
{
    public bool Enabled { get; init; } = true;

    /// <summary>Factor of the auxiliary loss in the total loss.</summary>
    public double Weight { get; init; } = 0.4;
}

public sealed record LossSpec
{
    /// <summary>ε of q'(k) = (1 − ε)·δ(k, y) + ε/K, on the main and the auxiliary head ("Rethinking the Inception Architecture", section 7).</summary>
    public double LabelSmoothing { get; init; }
}

public sealed record DataSpec
{
    public required DatasetSpec Train { get; init; }

    /// <summary>Null: the run is not evaluated.</summary>
    public DatasetSpec? Validation { get; init; }

    public AugmentSpec Augment { get; init; } = new();
    public NormalizeSpec Normalize { get; init; } = new();

    /// <summary>Images of one evaluation block. Blocks are cut by position and evaluated whole, so the figures do not depend on the workers.</summary>
    public int EvaluationBlock { get; init; } = 100;
}

public sealed record DatasetSpec
{
    public required DatasetFormat Format { get; init; }

    /// <summary>Directory of the dataset; not used by <see cref="DatasetFormat.Synthetic"/>.</summary>
    public string Path { get; init; } = "";

    /// <summary>idx: <c>train</c> or <c>test</c>. imagefolder: a subdirectory, e.g. <c>train</c> or <c>val</c>; empty for none.</summary>
    public string Split { get; init; } = "";

    /// <summary>Use only the first this many samples; 0: all. For synthetic data, the number of samples.</summary>
    public int Limit { get; init; }
}

public enum DatasetFormat { Idx, ImageFolder, Synthetic }

public sealed record AugmentSpec
{
    /// <summary>Mirror half of the training images.</summary>
    public bool Flip { get; init; } = true;

    public CropKind Crop { get; init; } = CropKind.None;

    /// <summary>crop: padded. Pixels of the source image by which the crop window may move outside it in each direction.</summary>
    public int Padding { get; init; } = 2;

    /// <summary>crop: resized. Smallest area of the crop as a fraction of the image ("Going deeper with convolutions", section 6).</summary>
    public double MinimumArea { get; init; } = 0.08;
}

/// <summary>none: the whole image; padded: a shifted window of the image's own size; resized: a random area and aspect 3/4 to 4/3.</summary>
public enum CropKind { None, Padded, Resized }

public sealed record NormalizeSpec
{
    /// <summary>Subtracted from intensities scaled to 0…1, then divided by <see cref="Deviation"/>; the same for each channel.</summary>
    public double Mean { get; init; } = 0.5;

    public double Deviation { get; init; } = 0.5;
}

public sealed record BatchSpec
{
    /// <summary>B: samples of one optimizer step over all workers.</summary>
    public required int Global { get; init; }

    /// <summary>R: the fixed number of micro-batches that a step is cut into, and so the largest number of workers. Must divide <see cref="Global"/>.</summary>
    public required int MicroBatches { get; init; }

    /// <summary>Samples of one micro-batch.</summary>
    public int MicroBatchSize => Global / MicroBatches;
}

public sealed record OptimizerSpec
{
    public required OptimizerKind Name { get; init; }
    public required double LearningRate { get; init; }

    /// <summary>rmsprop, rmsprop-tf: decay of the running average of squared gradients.</summary>
    public double Decay { get; init; } = 0.9;

    /// <summary>Null: the optimizer's own default (rmsprop 1e-8, rmsprop-tf 1.0, adamw 1e-8).</summary>
    public double? Epsilon { get; init; }

    public double Momentum { get; init; } = 0.9;

    /// <summary>sgd only.</summary>
    public bool Nesterov { get; init; }

    /// <summary>adamw only: decay of the first and the second moment.</summary>
    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    /// <summary>On convolution and linear weights only, never on BatchNorm or biases. adamw: decoupled; otherwise added to the gradient.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Largest global norm of the gradient; 0: no clipping.</summary>
    public double GradientClip { get; init; }

    /// <summary>Decay of the running average of the weights, which is then what gets evaluated; 0: none.</summary>
    public double Ema { get; init; }
}

/// <summary>rmsprop is PyTorch's; rmsprop-tf has ε inside the root, squared averages starting at 1, and the learning rate in the momentum buffer.</summary>
public enum OptimizerKind { Rmsprop, RmspropTf, Sgd, Adamw }

public sealed record ScheduleSpec
{
    public required double Epochs { get; init; }

    /// <summary>Ends the run after this many steps if that is earlier; 0: no such limit.</summary>
    public long MaxSteps { get; init; }

    /// <summary>Epochs of linear increase from 0 to the learning rate.</summary>
    public double Warmup { get; init; }

    public SchedulePolicy Policy { get; init; } = SchedulePolicy.Cosine;

    /// <summary>exponential: the factor, applied in a staircase every <see cref="DecayEpochs"/>.</summary>
    public double DecayRate { get; init; } = 0.94;

    public double DecayEpochs { get; init; } = 2;

    /// <summary>cosine: where the curve ends, as a fraction of the learning rate.</summary>
    public double FinalFraction { get; init; }

    /// <summary>Evaluate every this many epochs, and always at the end; 0: only at the end.</summary>
    public double EvaluateEvery { get; init; } = 1;
}

public enum SchedulePolicy { Exponential, Cosine, Constant }

public sealed record CheckpointSpec
{
    /// <summary>0: only at the end and when the run is stopped.</summary>
    public long EverySteps { get; init; } = 1000;

    /// <summary>How many of the newest checkpoints stay.</summary>
    public int Keep { get; init; } = 3;
}

public sealed record WorkersSpec
{
    /// <summary>Training starts once this many workers are ready.</summary>
    public int Min { get; init; } = 1;

    /// <summary>0: as many as there are micro-batches.</summary>
    public int Max { get; init; }

    /// <summary>Compute threads of each worker. Part of the job, since they change the order of sums inside a kernel.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Size of a gradient bucket in MiB. Changes no bit of the result.</summary>
    public double BucketMiB { get; init; } = 8;

    /// <summary>Seconds between heartbeats.</summary>
    public double Heartbeat { get; init; } = 1;

    /// <summary>Seconds without a sign of life after which a worker counts as lost.</summary>
    public double Timeout { get; init; } = 10;

    /// <summary>Seconds that a worker looks for its coordinator before it gives up.</summary>
    public double OrphanTimeout { get; init; } = 60;
}

/// <summary>deterministic: the fixed tree, the same bits for every number of workers; fast: the library's own all-reduce.</summary>
public enum ReductionKind { Deterministic, Fast }

public enum Precision { Fp32, Bf16 }
