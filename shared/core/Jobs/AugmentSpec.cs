namespace Inception.Distributed.Jobs;

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

    [Field("torchvision's RandAugment, on the scaled image before its colours change (\"RandAugment\", 2019).")]
    public RandAugmentSpec RandAugment { get; init; } = new();

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

public sealed record RandAugmentSpec
{
    [Field("How many operations each training image goes through, drawn from 14 with equal chances: identity, shear and translation in x and y, rotation, "
        + "brightness, colour, contrast, sharpness, posterize, solarize, auto-contrast, equalize; 0: off.", Minimum = 0, Maximum = 14, IsLater = true)]
    public int Operations { get; init; }

    [Field("Their strength: of 31 bins, e.g. rotation by as many degrees, translation by up to 45 % of the input.", Minimum = 0, Maximum = 30, IsLater = true)]
    public int Magnitude { get; init; } = 9;
}

public enum CropKind { None, Padded, Resized }
