"""torchvision's Inception-v3 with every channel count multiplied, as `model.width` does: a reference for the benchmarks and the tests."""
import torch
import torchvision.models.inception as inception


def scaled_inception_v3(width, num_classes, **options):
    """`options` are torchvision's own; initial weights are PyTorch's, which takes a fraction of torchvision's time."""
    model = inception.Inception3(num_classes=num_classes, inception_blocks=_scaled_blocks(width), init_weights=False, **options)
    if width != 1:
        model.fc = torch.nn.Linear(round(2048 * width), num_classes)
    return model


def _scaled_blocks(width):
    class ScaledConv2d(inception.BasicConv2d):
        def __init__(self, in_channels, out_channels, **kwargs):
            first = in_channels if in_channels == 3 else round(in_channels * width)
            super().__init__(first, round(out_channels * width), **kwargs)

    def block(kind):
        return lambda *args, **kwargs: kind(*args, conv_block=ScaledConv2d, **kwargs)

    return [ScaledConv2d, block(inception.InceptionA), block(inception.InceptionB), block(inception.InceptionC),
            block(inception.InceptionD), block(inception.InceptionE), block(inception.InceptionAux)]
