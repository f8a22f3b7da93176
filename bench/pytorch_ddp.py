"""One rank of the PyTorch side of bench/vs-pytorch.sh: torchvision's Inception-v3 under DistributedDataParallel with Gloo.

Inputs lie ready in memory, so that only the training step is measured. Prints one JSON object from rank 0.
"""
import argparse
import json
import os
import resource
import time

import torch
import torch.distributed
from torch.nn.parallel import DistributedDataParallel

from scaled_torchvision import scaled_inception_v3


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--width", type=float, required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--classes", type=int, required=True)
    parser.add_argument("--auxiliary", action="store_true")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--warmup", type=int, required=True)
    options = parser.parse_args()

    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo")
    rank, world = torch.distributed.get_rank(), torch.distributed.get_world_size()
    torch.manual_seed(1)
    model = scaled_inception_v3(options.width, num_classes=options.classes, aux_logits=options.auxiliary)
    model = model.to(memory_format=torch.channels_last).train()
    ddp = DistributedDataParallel(model, gradient_as_bucket_view=True) if world > 1 else model
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
    criterion = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
    images = torch.randn(options.batch, 3, options.size, options.size).contiguous(memory_format=torch.channels_last)
    labels = torch.randint(options.classes, (options.batch,))

    steps = []
    for step in range(options.warmup + options.steps):
        started = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        output = ddp(images)
        if options.auxiliary:
            loss = criterion(output.logits, labels) + 0.4 * criterion(output.aux_logits, labels)
        else:
            loss = criterion(output, labels)
        forward = time.perf_counter()
        loss.backward()
        backward = time.perf_counter()
        optimizer.step()
        loss.item()
        ended = time.perf_counter()
        if step >= options.warmup:
            steps.append({"seconds": ended - started, "forward": forward - started, "backward": backward - forward, "update": ended - backward})

    if rank == 0:
        print(json.dumps({"steps": steps, "peakMemoryBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}), flush=True)
    if world > 1:
        torch.distributed.barrier()


if __name__ == "__main__":
    os.environ.setdefault("RANK", "0")
    os.environ.setdefault("WORLD_SIZE", "1")
    main()
