#!/usr/bin/python3
"""Images a second of torchvision's usual training pipeline: random-resized crop to 299, flip, to a float tensor, normalise.

    torchvision_loader.py DIRECTORY {pillow|decode_jpeg} PROCESSES IMAGES

pillow: ImageFolder with its default loader. decode_jpeg: torchvision.io's decoder, crop and resize of tensors. PROCESSES 1 is the main
process alone (num_workers=0), 2 are two workers.
"""
import sys
import time

import torch
import torchvision
from torchvision import transforms
from torchvision.io import ImageReadMode, decode_jpeg, read_file

directory, kind, processes, images = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
torch.set_num_threads(1)
normalize = transforms.Normalize([0.5] * 3, [0.5] * 3)
crop = transforms.RandomResizedCrop(299)
if kind == "pillow":
    steps = [crop, transforms.RandomHorizontalFlip(), transforms.ToTensor(), normalize]
    dataset = torchvision.datasets.ImageFolder(directory, transforms.Compose(steps))
else:
    steps = [crop, transforms.RandomHorizontalFlip(), transforms.ConvertImageDtype(torch.float32), normalize]
    dataset = torchvision.datasets.ImageFolder(
        directory, transforms.Compose(steps), loader=lambda path: decode_jpeg(read_file(path), mode=ImageReadMode.RGB))
loader = torch.utils.data.DataLoader(dataset, batch_size=32, shuffle=True, drop_last=True, num_workers=0 if processes == 1 else processes)


def batches():
    while True:
        yield from loader


stream = batches()
for _ in range(4):
    next(stream)
start = time.perf_counter()
for _ in range(images // 32):
    next(stream)
print(f"{images // 32 * 32 / (time.perf_counter() - start):.1f}")
