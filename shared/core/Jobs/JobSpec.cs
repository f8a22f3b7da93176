using System.Runtime.Serialization;

namespace Inception.Distributed.Jobs;

/// <summary>
/// What the user wrote in a job file, complete with defaults; immutable. <see cref="JobPlan"/> is what follows from it.
/// The attributes are the fields' only documentation: messages, JSON schema and docs/job-file.md come from them.
/// </summary>
public sealed record JobSpec
{
    [Field("Name of the run, shown to people.", ChangesResult = false)]
    public required string Name { get; init; }

    [Field("Keys every random choice of the run: sample order, augmentation, dropout, initial weights.")]
    public long Seed { get; init; }

    [Field("The network.")]
    public required ModelSpec Model { get; init; }

    [Field("The loss, the same on the main and on the auxiliary heads.")]
    public LossSpec Loss { get; init; } = new();

    [Field("What is trained on and evaluated on.")]
    public required DataSpec Data { get; init; }

    [Field("How many samples make a step, and how a step is cut.")]
    public required BatchSpec Batch { get; init; }

    [Field("The optimizer and the running average of the weights. Order within a step: clip, decay, update, average.")]
    public required OptimizerSpec Optimizer { get; init; }

    [Field("Length of the run and the learning rate over it.")]
    public required ScheduleSpec Schedule { get; init; }

    [Field("When the state is saved.", ChangesResult = false)]
    public CheckpointSpec Checkpoint { get; init; } = new();

    [Field("The workers that train the job.")]
    public WorkersSpec Workers { get; init; } = new();

    [Field("deterministic: gradients are summed in a fixed tree, the same bits for every number of workers. "
        + "fast: the library's own all-reduce, without that promise.")]
    public ReductionKind Reduction { get; init; } = ReductionKind.Deterministic;

    [Field("bf16: autocast; weights, gradients and optimizer stay fp32.")]
    public Precision Precision { get; init; } = Precision.Fp32;
}

public sealed record ModelSpec
{
    [NetworkField("The network's name; docs/models.md says what each one is.")]
    public required string Name { get; init; }

    [Field("Number of classes.", Minimum = 2)]
    public required int Classes { get; init; }

    [Field("Multiplies every channel count; 1 is the paper's network.", Above = 0, Maximum = 8)]
    public double Width { get; init; } = 1;

    [Field("Height and width of the network's input. Each network has a smallest one (75 for inception-v3).", Unit = "pixels", Minimum = 1, Maximum = 4096)]
    public int InputSize { get; init; } = 299;

    [Field("Probability of dropping a feature before the classifier.", Minimum = 0, Below = 1)]
    public double Dropout { get; init; } = 0.5;

    [Field("googlenet: batch normalization after each convolution instead of the paper's local response normalization; null: false. The other "
        + "networks always have it.", IsLater = true)]
    public bool? BatchNorm { get; init; }

    [Field("inception-v2: three 3×3 convolutions instead of the first 7×7 one; null: true, as in the paper's table 1.", IsLater = true)]
    public bool? Factorized7x7 { get; init; }

    [Field("For small images at the cost of large ones (\"Rethinking the Inception Architecture\", section 7). standard: the network's own. stride1: the "
        + "first layer has stride 1 (there, 151 pixels instead of 299). stride1-no-pool: and the max pooling after it is left out (79 pixels).", IsLater = true)]
    public StemKind Stem { get; init; } = StemKind.Standard;

    [Field("Whether padding counts in the means of the modules' average pooling: true as in torchvision, false as in TensorFlow.", IsLater = true)]
    public bool CountIncludePad { get; init; } = true;

    [Field("Initial weights. truncated-normal: σ 0.1, in the auxiliary heads less, cut off at 2σ. he: normal, σ² = 2 / fan-in. xavier: uniform in "
        + "±√(6 / (fan-in + fan-out)). null: he where there is no batch normalization, otherwise truncated-normal.", IsLater = true)]
    public InitKind? Init { get; init; }

    [Field("Start from these weights instead of random ones: a checkpoint, or a run's directory for its newest one. Heads for another number "
        + "of classes, and auxiliary heads that it lacks, start from random weights. A path on every worker.", ChangesResult = false)]
    public string Weights { get; init; } = "";

    [Field("SHA-256 of the file with those weights (ema.safetensors where there is one, else weights.safetensors); a start with other "
        + "weights is refused. Empty: filled in when the run starts.", IsLater = true)]
    public string WeightsSha256 { get; init; } = "";

    [Field("The auxiliary classifiers.")]
    public AuxiliarySpec Auxiliary { get; init; } = new();

    /// <summary><see cref="Init"/>, or the network's own.</summary>
    public InitKind EffectiveInit => Init ?? (KnownNetworks.Find(Name).Normalizes(this) ? InitKind.TruncatedNormal : InitKind.He);
}

public enum StemKind { Standard, Stride1, Stride1NoPool }

public enum InitKind { TruncatedNormal, He, Xavier }

public sealed record AuxiliarySpec
{
    [Field("Train with the auxiliary classifiers. Those of inception-v2 and -v3 need micro-batches of at least 2 samples.")]
    public bool Enabled { get; init; } = true;

    [Field("How many there are; null: the network's own number, 1 in inception-v2 and -v3 and otherwise 2. inception-v2 also takes 2: after modules 4a and 4d.", IsLater = true)]
    public int? Heads { get; init; }

    [Field("Factor of an auxiliary loss in the total loss, for all heads alike.", Minimum = 0)]
    public double Weight { get; init; } = 0.4;

    [Field("A factor for each head, from the input on, instead of weight; empty: weight for all.", Minimum = 0, IsLater = true)]
    public NumberList Weights { get; init; } = [];

    [Field("inception-v2: batch normalization of the heads' fully connected layer too, the paper's BN-auxiliary; null: true.", IsLater = true)]
    public bool? NormalizeFc { get; init; }

    [Field("Probability of dropping a feature before a head's last layer; null: 0.7 in GoogLeNet's heads, 0 in the others.", Minimum = 0, Below = 1, IsLater = true)]
    public double? Dropout { get; init; }

    /// <param name="head">Counted from the input on, from 0.</param>
    public double WeightOf(int head) => Weights.Count == 0 ? Weight : Weights[head];
}

public sealed record LossSpec
{
    [Field("ε of q'(k) = (1 − ε)·δ(k, y) + ε/K (\"Rethinking the Inception Architecture\", section 7).", Minimum = 0, Below = 1)]
    public double LabelSmoothing { get; init; }
}

public sealed record DataSpec
{
    [Field("The training set.")]
    public required DatasetSpec Train { get; init; }

    [Field("The evaluation set; null: the run is not evaluated.", ChangesResult = false)]
    public DatasetSpec? Validation { get; init; }

    [Field("Random changes of the training images.")]
    public AugmentSpec Augment { get; init; } = new();

    [Field("Scaling of intensities, for training and evaluation.")]
    public NormalizeSpec Normalize { get; init; } = new();

    [Field("How images are scaled to the network's input. bilinear and bicubic smooth where an image shrinks and give the bits of Pillow's filters "
        + "of those names. nearest-four interpolates between the four nearest pixels whatever the scale. auto: nearest-four for idx and synthetic, "
        + "bilinear for image files.", IsLater = true)]
    public ResizeKind Resize { get; init; } = ResizeKind.Auto;

    [Field("Decode a JPEG at 1/2, 1/4 or 1/8 of its size where its window is still no smaller than the network's input then. Not with nearest-four.", IsLater = true)]
    public bool DctScaling { get; init; } = true;

    [Field("Turn JPEG files as their EXIF orientation says. ImageNet's practice is to leave them as they are stored.", IsLater = true)]
    public bool HonourOrientation { get; init; }

    [Field("A file whose header promises more pixels counts as corrupt and is not decoded.", Unit = "pixels", Minimum = 1, Maximum = 500_000_000, IsLater = true)]
    public long MaxPixels { get; init; } = 100_000_000;

    [Field("The run stops when more than this fraction of the training samples has turned out corrupt: of the training set, and from the second epoch "
        + "on of all samples so far. Until then another sample, drawn by key, takes a corrupt one's place.", Minimum = 0, Maximum = 1, ChangesResult = false)]
    public double MaxCorrupt { get; init; } = 0.0001;

    [Field("Directory on each worker for the indexes of archives (imagenet, webdataset), built once; empty: inception-distributed in the user's cache directory.",
        ChangesResult = false)]
    public string Cache { get; init; } = "";

    [Field("Threads of each worker that decode and augment images. Changes no bit of the result.", Minimum = 1, Maximum = 256, ChangesResult = false)]
    public int Threads { get; init; } = 1;

    [Field("Images of one evaluation block. Blocks are cut by position and evaluated whole, so the figures do not depend on the workers.",
        Minimum = 1, ChangesResult = false)]
    public int EvaluationBlock { get; init; } = 100;

    [Field("For audits, write samples.jsonl: the samples of each applied step, in the order of the run's stream.", ChangesResult = false)]
    public bool RecordSamples { get; init; }
}

public sealed record DatasetSpec
{
    [Field("idx: the four files of the MNIST family, .gz or not. imagefolder: one subdirectory of image files a class. imagenet: the tar files of "
        + "ILSVRC 2012 as downloaded. webdataset: tar shards. synthetic: made from the seed.")]
    public required DatasetFormat Format { get; init; }

    [Field("Directory of the dataset on every worker; not used by synthetic. webdataset: or its shards as a pattern, e.g. /data/train-{0000..0146}.tar.",
        ChangesResult = false)]
    public string Path { get; init; } = "";

    [Field("idx: train or test. imagenet: train or val. imagefolder, webdataset: a subdirectory of the path, e.g. train or val; empty for none.")]
    public string Split { get; init; } = "";

    [Field("Use only the first this many samples; 0: all. synthetic: the number of samples.", Unit = "samples", Minimum = 0)]
    public int Limit { get; init; }
}

public enum DatasetFormat
{
    Idx,
    [EnumMember(Value = "imagefolder")] ImageFolder,
    [EnumMember(Value = "imagenet")] ImageNet,
    [EnumMember(Value = "webdataset")] WebDataset,
    Synthetic,
}

public sealed record AugmentSpec
{
    [Field("Mirror half of the training images.")]
    public bool Flip { get; init; } = true;

    [Field("none: the whole image. padded: a shifted window of the image's own size. resized: a random area and an aspect of 3/4 to 4/3.")]
    public CropKind Crop { get; init; } = CropKind.None;

    [Field("crop padded: how far the window may move outside the source image in each direction.",
        Unit = "pixels", Minimum = 0, Maximum = 4096)]
    public int Padding { get; init; } = 2;

    [Field("crop resized: smallest area of the crop as a fraction of the image (\"Going deeper with convolutions\", section 6).",
        Above = 0, Maximum = 1)]
    public double MinimumArea { get; init; } = 0.08;

    [Field("crop resized: draw the aspect's logarithm uniformly, as torchvision does, instead of the aspect.", IsLater = true)]
    public bool LogAspect { get; init; }

    [Field("Multiply intensities by a random factor from 1 − this (at least 0) to 1 + this; 0: off. It and the next three are torchvision's ColorJitter, in random order.",
        Minimum = 0, Maximum = 10, IsLater = true)]
    public double Brightness { get; init; }

    [Field("Spread intensities about the image's mean grey by a random factor from 1 − this to 1 + this; 0: off.", Minimum = 0, Maximum = 10, IsLater = true)]
    public double Contrast { get; init; }

    [Field("Spread colours about grey by a random factor from 1 − this to 1 + this; 0: off.", Minimum = 0, Maximum = 10, IsLater = true)]
    public double Saturation { get; init; }

    [Field("Turn hues by up to this part of the colour circle either way; 0: off.", Minimum = 0, Maximum = 0.5, IsLater = true)]
    public double Hue { get; init; }

    [Field("Probability of setting a random rectangle of 2 % to 33 % of the input to 0 after normalisation (\"Random Erasing Data Augmentation\", 2017).",
        Minimum = 0, Maximum = 1, IsLater = true)]
    public double Erase { get; init; }

    [Field("α of mixup: each image becomes a mixture of two of its micro-batch, its label likewise, with a share from Beta(α, α); 0: off.",
        Minimum = 0, Maximum = 100, IsLater = true)]
    public double Mixup { get; init; }

    [Field("α of cutmix: a box of each image is another's of its micro-batch, its label mixed by area; 0: off. With mixup on too, each micro-batch "
        + "draws one of the two.", Minimum = 0, Maximum = 100, IsLater = true)]
    public double Cutmix { get; init; }
}

public enum CropKind { None, Padded, Resized }

public enum ResizeKind { Auto, Bilinear, Bicubic, NearestFour }

public sealed record NormalizeSpec
{
    [Field("Subtracted from intensities scaled to 0…1, in each channel.", Minimum = 0, Maximum = 1)]
    public double Mean { get; init; } = 0.5;

    [Field("Divides what is left.", Above = 0)]
    public double Deviation { get; init; } = 0.5;
}

public sealed record BatchSpec
{
    [Field("B: samples of one optimizer step over all workers.", Unit = "samples", Minimum = 1, Maximum = 1 << 24)]
    public required int Global { get; init; }

    [Field("R: the fixed number of micro-batches that a step is cut into, and so the largest number of workers. Must divide global.",
        Minimum = 1)]
    public required int MicroBatches { get; init; }

    /// <summary>Samples of one micro-batch.</summary>
    public int MicroBatchSize => Global / MicroBatches;
}

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

public sealed record ScheduleSpec
{
    [Field("Length of the run. Its last samples that fill no step are left out, fewer than batch.global once a run.",
        Unit = "epochs", Above = 0, Maximum = 1_000_000)]
    public required double Epochs { get; init; }

    [Field("Ends the run after this many steps if that is earlier; 0: no such limit. The learning rate still follows epochs.",
        Unit = "steps", Minimum = 0, ChangesResult = false)]
    public long MaxSteps { get; init; }

    [Field("Linear increase from 0 to the learning rate, shorter than epochs; the policy starts after it.",
        Unit = "epochs", Minimum = 0, Maximum = 1_000_000)]
    public double Warmup { get; init; }

    [Field("constant: the learning rate. exponential: a staircase. cosine: half a cosine down. polynomial: a power of what is left of the run. "
        + "step: a fall at each milestone.")]
    public SchedulePolicy Policy { get; init; } = SchedulePolicy.Cosine;

    [Field("exponential: the factor applied every decayEpochs.", Above = 0, Maximum = 1)]
    public double DecayRate { get; init; } = 0.94;

    [Field("exponential: the length of a stair.", Unit = "epochs", Above = 0)]
    public double DecayEpochs { get; init; } = 2;

    [Field("cosine, polynomial: where the curve ends, as a fraction of the learning rate.", Minimum = 0, Maximum = 1)]
    public double FinalFraction { get; init; }

    [Field("polynomial: the power; 1: a straight line down.", Above = 0, Maximum = 100, IsLater = true)]
    public double Power { get; init; } = 1;

    [Field("step: the epochs of the run at which the rate falls, ascending, after warm-up and before the end.", Unit = "epochs", Above = 0, IsLater = true)]
    public NumberList Milestones { get; init; } = [];

    [Field("step: the factor applied at each milestone.", Above = 0, Maximum = 1, IsLater = true)]
    public double StepFactor { get; init; } = 0.1;

    [Field("Evaluate every this many epochs, and always at the end; 0: only at the end. At least 0.001 otherwise.",
        Unit = "epochs", Minimum = 0, Maximum = 1_000_000, ChangesResult = false)]
    public double EvaluateEvery { get; init; } = 1;

    [Field("Where optimizer.ema keeps an average: when the raw weights are evaluated beside it. Such an evaluation takes twice as long.", ChangesResult = false)]
    public EvaluateRaw EvaluateRaw { get; init; } = EvaluateRaw.Always;
}

/// <summary>At every evaluation, at the run's last one, or at none.</summary>
public enum EvaluateRaw { Always, End, Never }

public enum SchedulePolicy { Exponential, Cosine, Constant, Polynomial, Step }

public sealed record CheckpointSpec
{
    [Field("Save every this many steps, and always at the end and when the run is stopped; 0: only then.", Unit = "steps", Minimum = 0)]
    public long EverySteps { get; init; } = 1000;

    [Field("How many of the newest checkpoints stay.", Minimum = 1)]
    public int Keep { get; init; } = 3;
}

public sealed record WorkersSpec
{
    [Field("Training starts once this many workers are ready; at most max and batch.microBatches.", Minimum = 1, ChangesResult = false)]
    public int Min { get; init; } = 1;

    [Field("Largest number of workers that train; 0: as many as there are micro-batches, which is also the most.",
        Minimum = 0, ChangesResult = false)]
    public int Max { get; init; }

    [Field("Compute threads of each worker. Part of the job, since they change the order of sums inside a kernel.",
        Minimum = 1, Maximum = 1024)]
    public int Threads { get; init; } = 1;

    [Field("Size of a gradient bucket. Changes no bit of the result.", Unit = "MiB", Above = 0, Maximum = 1024, ChangesResult = false)]
    public double BucketMiB { get; init; } = 8;

    [Field("Time between heartbeats.", Unit = "seconds", Above = 0, ChangesResult = false)]
    public double Heartbeat { get; init; } = 1;

    [Field("Time without a sign of life after which a worker counts as lost. Must be longer than heartbeat.",
        Unit = "seconds", Above = 0, ChangesResult = false)]
    public double Timeout { get; init; } = 10;

    [Field("How long a worker looks for its coordinator before it gives up.", Unit = "seconds", Above = 0, ChangesResult = false)]
    public double OrphanTimeout { get; init; } = 60;
}

public enum ReductionKind { Deterministic, Fast }

public enum Precision { Fp32, Bf16 }
