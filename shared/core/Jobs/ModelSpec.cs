namespace Inception.Distributed.Jobs;

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
