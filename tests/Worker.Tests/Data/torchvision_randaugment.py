#!/usr/bin/python3
"""Says what torchvision's RandAugment makes of pictures: torchvision_randaugment.py OUT

OUT/SIZE.rgb           a picture of SIZE by SIZE
OUT/results.txt        size, operation, magnitude, sign, SHA-256 of the changed picture: every operation at each of its 31 magnitudes
"""
import hashlib
import pathlib
import random
import sys

from PIL import Image, ImageOps
from torchvision.transforms import InterpolationMode, RandAugment
from torchvision.transforms.autoaugment import _apply_op

out = pathlib.Path(sys.argv[1])
BINS = 31


def photograph(name, size):
    path = f"/usr/share/backgrounds/mate/nature/{name}.jpg"
    return ImageOps.fit(Image.open(path).convert("RGB"), (size, size), Image.Resampling.LANCZOS)


def flat(size):
    """One level in red, two in green, noise in blue: what histograms stumble over."""
    choose = random.Random(3)
    return Image.frombytes("RGB", (size, size), bytes(
        value for _ in range(size * size) for value in (90, choose.choice((17, 200)), choose.randrange(40, 180))))


results = []
for picture in (photograph("LadyBird", 299), photograph("Garden", 32), flat(21)):
    size = picture.width
    (out / f"{size}.rgb").write_bytes(picture.tobytes())
    space = RandAugment(num_magnitude_bins=BINS)._augmentation_space(BINS, (size, size))
    for operation, (magnitudes, signed) in space.items():
        for magnitude in range(BINS if magnitudes.ndim else 1):
            for sign in (1, -1) if signed else (1,):
                value = sign * float(magnitudes[magnitude] if magnitudes.ndim else magnitudes)
                changed = _apply_op(picture, operation, value, InterpolationMode.NEAREST, None)
                results.append(f"{size}\t{operation}\t{magnitude}\t{sign}\t{hashlib.sha256(changed.tobytes()).hexdigest()}")
(out / "results.txt").write_text("\n".join(results))
