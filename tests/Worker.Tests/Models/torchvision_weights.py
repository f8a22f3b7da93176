"""torchvision's Inception-v3 on the other side of an import or export of weights.

Both commands print the main head's logits for the images in IMAGES (float32, N×3×S×S, row-major), a line an image.
save: random weights, with BatchNorm statistics and counters that are no defaults, written by torch.save in the form asked for.
predict: loads each file (.pth by torch.load, .safetensors by its format) with strict=True.
"""
import argparse
import json
import struct
from collections import OrderedDict

import numpy
import torch
from torchvision.models import inception_v3


def build(arguments):
    return inception_v3(weights=None, num_classes=arguments.classes, aux_logits=arguments.auxiliary, transform_input=False, init_weights=False)


def save(arguments):
    torch.manual_seed(1)
    model = build(arguments)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.dim() > 1:
                tensor.normal_(0, (2.0 / tensor[0].numel()) ** 0.5)
            elif name.endswith("bias"):
                tensor.uniform_(-0.5, 0.5)
            elif name.endswith("weight"):
                tensor.uniform_(0.5, 1.5)
    calibrate(model, read_images(arguments))
    state = model.state_dict()
    if arguments.form == "awkward":
        # As a training script may leave it: DistributedDataParallel's names, float64, all weights in one storage, convolutions channels-last.
        pieces = OrderedDict((name, in_memory_order(tensor).double()) for name, tensor in state.items() if tensor.is_floating_point())
        flat = torch.cat([piece.flatten() for piece in pieces.values()])
        views, offset = OrderedDict(), 0
        for name, tensor in state.items():
            if name in pieces:
                view = flat[offset:offset + tensor.numel()].view(pieces[name].shape)
                views["module." + name] = view.permute(0, 3, 1, 2) if tensor.dim() == 4 else view
                offset += tensor.numel()
            else:
                views["module." + name] = tensor
        state = {"epoch": 7, "model": views, "optimizer": torch.optim.SGD(model.parameters(), lr=0.1).state_dict()}
    torch.save(state, arguments.file[0])
    print_logits(model, arguments)


def in_memory_order(tensor):
    return tensor.permute(0, 2, 3, 1).contiguous() if tensor.dim() == 4 else tensor


def calibrate(model, images):
    """BatchNorm's statistics are those of the images: otherwise a random network says the same of all of them."""
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    # The auxiliary head is for larger images.
    head, model.AuxLogits = model.AuxLogits, None
    model.train()
    with torch.no_grad():
        model(images)
    model.AuxLogits = head
    for name, tensor in model.state_dict().items():
        if name.endswith("num_batches_tracked"):
            tensor.fill_(5000)


def read(path):
    if not path.endswith(".safetensors"):
        return torch.load(path)
    types = {"F32": numpy.float32, "I64": numpy.int64}
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    return {name: torch.from_numpy(numpy.frombuffer(data, types[entry["dtype"]], offset=entry["data_offsets"][0],
                                                   count=int(numpy.prod(entry["shape"]))).reshape(entry["shape"]).copy())
            for name, entry in header.items()}


def read_images(arguments):
    return torch.from_numpy(numpy.fromfile(arguments.images, numpy.float32).reshape(-1, 3, arguments.size, arguments.size))


def print_logits(model, arguments):
    model.eval()
    with torch.no_grad():
        for row in model(read_images(arguments)).numpy():
            print(" ".join(repr(float(value)) for value in row))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["save", "predict"])
    parser.add_argument("file", nargs="+")
    parser.add_argument("--images", required=True)
    parser.add_argument("--size", type=int, default=75)
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--auxiliary", action="store_true")
    parser.add_argument("--form", default="plain", choices=["plain", "awkward"])
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.command == "save":
        save(arguments)
        return
    for path in arguments.file:
        model = build(arguments)
        state = read(path)
        assert path.endswith(".safetensors") or list(state) == list(model.state_dict()), "not in the state dict's order"
        model.load_state_dict(state, strict=True)
        print_logits(model, arguments)


if __name__ == "__main__":
    main()
