"""Runs PyTorch's optimisers on a recorded sequence of gradients.

Usage: optimizer_reference.py DIRECTORY. Reads cases.json, parameters.f64 and gradients.f64 (steps x parameters) there, and writes
CASE.parameters.f64 and CASE.average.f64 for each case. The first half of the parameters does not decay.
"""

import json
import pathlib
import sys

import torch

directory = pathlib.Path(sys.argv[1])


def read(name):
    return torch.frombuffer(bytearray((directory / name).read_bytes()), dtype=torch.float64)


def own(values, dtype):
    """A copy, since optimisers and clipping work in place."""
    return values.to(dtype, copy=True)


def write(name, tensor):
    (directory / name).write_bytes(tensor.detach().to(torch.float64).numpy().tobytes())


torch.set_num_threads(1)
start = read("parameters.f64")
gradients = read("gradients.f64").view(-1, start.numel())
half = start.numel() // 2

for case in json.loads((directory / "cases.json").read_text()):
    dtype = getattr(torch, case["dtype"])
    spared = torch.nn.Parameter(own(start[:half], dtype))
    decayed = torch.nn.Parameter(own(start[half:], dtype))
    groups = [{"params": [spared], "weight_decay": 0.0}, {"params": [decayed], "weight_decay": case["weight_decay"]}]
    optimizer = getattr(torch.optim, case["optimizer"])(groups, **case["settings"])
    average = own(start, dtype)

    for gradient in gradients:
        spared.grad = own(gradient[:half], dtype)
        decayed.grad = own(gradient[half:], dtype)
        if case["clip"] > 0:
            torch.nn.utils.clip_grad_norm_([spared, decayed], case["clip"])
        optimizer.step()
        average = case["ema"] * average + (1 - case["ema"]) * torch.cat([spared, decayed]).detach()

    write(case["name"] + ".parameters.f64", torch.cat([spared, decayed]))
    write(case["name"] + ".average.f64", average)
