"""What torchvision's Inception-v3, with weights exported from here, takes the first images of Fashion-MNIST's test set for: a class a line.

The class is torchvision's own, its channel counts multiplied by WIDTH; the weights are loaded with strict=True; the images are resized by PyTorch.
"""
import gzip
import sys

import numpy
import torch

from scaled_torchvision import scaled_inception_v3


def read(name, header):
    with gzip.open(f"/usr/share/datasets/fashion-mnist/t10k-{name}-ubyte.gz") as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header).copy()


def main():
    path, width, size, count = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    torch.set_num_threads(1)
    model = scaled_inception_v3(width, num_classes=10, aux_logits=False, transform_input=False)
    model.load_state_dict(torch.load(path, weights_only=True), strict=True)
    model.eval()
    images = torch.from_numpy(read("images-idx3", 16)).reshape(-1, 1, 28, 28)[:count].float() / 255
    images = torch.nn.functional.interpolate(images, size=size, mode="bilinear", align_corners=False).expand(-1, 3, -1, -1)
    with torch.no_grad():
        for part in ((images - 0.5) / 0.5).split(500):
            print(*model(part).argmax(1).tolist(), sep="\n")


if __name__ == "__main__":
    main()
