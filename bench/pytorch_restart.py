"""One rank of the torchrun side of bench/recovery.sh: the network of jobs/tiny.yaml under DistributedDataParallel, with a checkpoint every
10 steps, from which a restarted group goes on. Rank 0 writes a line for each finished step; each rank writes its process id.
"""
import json
import os
import sys

import torch
import torch.distributed
import torchvision.models.inception as inception
from torch.nn.parallel import DistributedDataParallel

from pytorch_ddp import scaled_blocks

WIDTH, SIZE, BATCH, CLASSES = 0.125, 75, 4, 10


def main():
    directory = sys.argv[1]
    checkpoint = f"{directory}/checkpoint.pt"
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo")
    rank = torch.distributed.get_rank()
    with open(f"{directory}/pid-{rank}", "w") as file:
        file.write(str(os.getpid()))

    torch.manual_seed(1)
    model = inception.Inception3(num_classes=CLASSES, aux_logits=False, inception_blocks=scaled_blocks(WIDTH), init_weights=False)
    model.fc = torch.nn.Linear(round(2048 * WIDTH), CLASSES)
    model = model.to(memory_format=torch.channels_last).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
    step = 0
    if os.path.exists(checkpoint):
        saved = torch.load(checkpoint)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        step = saved["step"]
    ddp = DistributedDataParallel(model, gradient_as_bucket_view=True)
    criterion = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
    images = torch.randn(BATCH, 3, SIZE, SIZE).contiguous(memory_format=torch.channels_last)
    labels = torch.randint(CLASSES, (BATCH,))
    with open(f"{directory}/steps.jsonl", "a", buffering=1) as log:
        while True:
            optimizer.zero_grad(set_to_none=True)
            criterion(ddp(images), labels).backward()
            optimizer.step()
            step += 1
            if rank != 0:
                continue
            log.write(json.dumps({"step": step, "restart": int(os.environ["TORCHELASTIC_RESTART_COUNT"])}) + "\n")
            if step % 10 == 0:
                torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, checkpoint + ".new")
                os.replace(checkpoint + ".new", checkpoint)


if __name__ == "__main__":
    main()
