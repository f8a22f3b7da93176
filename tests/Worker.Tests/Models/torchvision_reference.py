"""What torchvision's Inception-v3 and GoogLeNet compute, for the tests to compare with.

Each command writes DIRECTORY/index.txt (a line a tensor: name, type, shape) and DIRECTORY/data.bin (their values, row-major,
little-endian, one after the other). `keys` prints names and shapes only.
"""
import argparse
import os
import sys

import numpy
import torch
from torch.nn.functional import cross_entropy
import torchvision.models

AUXILIARY_WEIGHTS = (0.4, 0.3)


def build(network, classes, auxiliary):
    options = dict(weights=None, num_classes=classes, aux_logits=auxiliary, transform_input=False, init_weights=False, dropout=0.0)
    if network == "googlenet":
        return torchvision.models.googlenet(dropout_aux=0.0, **options)
    return torchvision.models.inception_v3(**options)


def heads(output):
    """Logits of the main head, and of the auxiliary heads from the input on."""
    if not isinstance(output, tuple):
        return output, []
    if len(output) == 3:
        # torchvision 0.14 gives what its aux1 computes as aux_logits2, the second of the three, and aux2's as aux_logits1, the third.
        return output[0], [output.aux_logits2, output.aux_logits1]
    return output[0], [output[1]]


def randomize(model):
    """Weights of a realistic size, and BatchNorm parameters that are no defaults.

    Biases are about 0, so that every ReLU cuts some values off: the gradient of a shift that reaches the next BatchNorm whole is
    nothing but rounding errors.
    """
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, (2.0 / parameter[0].numel()) ** 0.5)
            elif name.endswith("bias"):
                parameter.uniform_(-1.0, 1.0)
            else:
                parameter.uniform_(0.5, 1.5)


def load(model, directory):
    """Parameters from index.txt and data.bin in DIRECTORY, float32, as `write` leaves them."""
    values = numpy.fromfile(os.path.join(directory, "data.bin"), numpy.float32)
    parameters, offset = dict(model.named_parameters()), 0
    with torch.no_grad(), open(os.path.join(directory, "index.txt")) as index:
        for line in index:
            parameter = parameters.pop(line.split()[0])
            parameter.copy_(torch.from_numpy(values[offset:offset + parameter.numel()]).reshape(parameter.shape))
            offset += parameter.numel()
    assert not parameters and offset == len(values)


def keep_batch_statistics(model):
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0


def step(model, images, labels):
    """Loss with label smoothing on all heads, its gradients, and the batch statistics of every BatchNorm."""
    model.zero_grad()
    model.train()
    logits, auxiliaries = heads(model(images))
    loss = cross_entropy(logits, labels, label_smoothing=0.1)
    for weight, auxiliary in zip(AUXILIARY_WEIGHTS, auxiliaries):
        loss = loss + weight * cross_entropy(auxiliary, labels, label_smoothing=0.1)
    loss.backward()
    results = {"loss": loss.detach(), "logits": logits.detach()}
    results.update({f"auxiliary.{index}": auxiliary.detach() for index, auxiliary in enumerate(auxiliaries)})
    results.update({"grad." + name: parameter.grad for name, parameter in model.named_parameters()})
    results.update({"batch." + name: buffer for name, buffer in model.named_buffers() if "running" in name})
    return {name: value.clone() for name, value in results.items()}


def reference(arguments):
    torch.manual_seed(arguments.seed)
    model = build(arguments.network, arguments.classes, arguments.auxiliary)
    load(model, arguments.weights) if arguments.weights else randomize(model)
    keep_batch_statistics(model)
    images = torch.randn(arguments.batch, 3, arguments.height, arguments.width)
    labels = torch.randint(arguments.classes, (arguments.batch,))
    tensors = {"images": images, "labels": labels}
    tensors.update({"weight." + name: parameter.detach().clone() for name, parameter in model.named_parameters()})
    if arguments.single:
        channels_last = torch.channels_last
        model.to(memory_format=channels_last)
        single = step(model, images.contiguous(memory_format=channels_last), labels)
        tensors.update({"single." + name: value for name, value in single.items()})
        model.to(memory_format=torch.contiguous_format)
    tensors.update(step(model.double(), images.double(), labels))
    model.eval()
    with torch.no_grad():
        tensors["evaluated"] = model(images.double())
        tensors["other_images"] = torch.randn(arguments.batch, 3, 203, 251)
        tensors["other_evaluated"] = model(tensors["other_images"].double())
    return tensors


def write(directory, tensors):
    with open(os.path.join(directory, "index.txt"), "w") as index, open(os.path.join(directory, "data.bin"), "wb") as data:
        for name, tensor in tensors.items():
            print(name, str(tensor.dtype).replace("torch.", ""), "x".join(map(str, tensor.shape)), file=index)
            data.write(tensor.contiguous().numpy().tobytes())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["step", "keys"])
    parser.add_argument("--network", choices=["inception_v3", "googlenet"], default="inception_v3")
    parser.add_argument("--directory")
    parser.add_argument("--weights", metavar="DIRECTORY", help="take the parameters from there; otherwise they are random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--height", type=int, default=299)
    parser.add_argument("--width", type=int, default=299)
    parser.add_argument("--auxiliary", action="store_true")
    parser.add_argument("--single", action="store_true", help="also a step in float32, channels-last, under the prefix single.")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.command == "step":
        write(arguments.directory, reference(arguments))
    else:
        for name, tensor in build(arguments.network, arguments.classes, arguments.auxiliary).state_dict().items():
            print(name, "x".join(map(str, tensor.shape)))


if __name__ == "__main__":
    sys.exit(main())
