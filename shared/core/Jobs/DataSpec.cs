using System.Runtime.Serialization;

namespace Inception.Distributed.Jobs;

public sealed record DataSpec
{
    [Field("The training set: a section, or a list of such sections, whose samples are mixed by weight (docs/sampling.md).")]
    public required TrainingSources Train { get; init; }

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

    [Field("For audits, write samples.jsonl: the samples of each applied step, in the order of the run's stream, and where several sources are mixed, "
        + "the source of each (its place in data.train, from 0).", ChangesResult = false)]
    public bool RecordSamples { get; init; }
}

public record DatasetSpec
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

public sealed record SourceSpec : DatasetSpec
{
    [Field("Of several sources: this one's part of the samples, in relation to the other sources' weights.", Above = 0, Maximum = 1_000_000, IsLater = true)]
    public double Weight { get; init; } = 1;
}

public enum DatasetFormat
{
    Idx,
    [EnumMember(Value = "imagefolder")] ImageFolder,
    [EnumMember(Value = "imagenet")] ImageNet,
    [EnumMember(Value = "webdataset")] WebDataset,
    Synthetic,
}

public enum ResizeKind { Auto, Bilinear, Bicubic, NearestFour }

public sealed record NormalizeSpec
{
    [Field("Subtracted from intensities scaled to 0…1, in each channel.", Minimum = 0, Maximum = 1)]
    public double Mean { get; init; } = 0.5;

    [Field("Divides what is left.", Above = 0)]
    public double Deviation { get; init; } = 0.5;
}
