#!/usr/bin/python3
"""Makes a set of photographs of ImageNet's size, laid out as each source format wants it.

    bench/make-photos.py OUT [--images 2048] [--validation 256] [--classes 16] [--scale 1]

The photographs (and a painting and two renderings) come from Debian's wallpaper packages; each one is a class. An image is a random window of its photograph, scaled down
to one of ImageNet's frequent sizes (half of them 500×375) and saved as JPEG, so that the textures are real, sizes and subsampling vary,
and the mean is about 100 KB. --scale 3.2 makes photographs of 1600×1200 and like sizes, as cameras write them: larger ones weigh less a
pixel. The same arguments and packages give the same bytes.

    OUT/imagefolder/{train,val}/WNID/*.JPEG
    OUT/imagenet/                             ILSVRC2012_img_train.tar, ILSVRC2012_img_val.tar, ILSVRC2012_devkit_t12.tar.gz
    OUT/webdataset/{train,val}/000000.tar …   and classes.txt

needs: apt-get install python3-pil mate-backgrounds ukui-wallpapers lomiri-wallpapers-20.04
"""
import argparse
import gzip
import io
import pathlib
import random
import struct
import sys
import tarfile
import zlib

BACKGROUNDS = pathlib.Path("/usr/share/backgrounds")
PHOTOGRAPHS = [
    "mate/nature/Blinds.jpg", "mate/nature/Dune.jpg", "mate/nature/FreshFlower.jpg", "mate/nature/Garden.jpg",
    "mate/nature/GreenMeadow.jpg", "mate/nature/LadyBird.jpg", "mate/nature/RainDrops.jpg", "mate/nature/Storm.jpg",
    "mate/nature/TwoWings.jpg", "mate/nature/Wood.jpg", "mate/nature/YellowFlower.jpg", "Kleiber_by_Lukas_Baubkus.jpg",
    "mate/abstract/Elephants_5640x3172.jpg", "mate/nature/Aqua.jpg", "string.jpg", "rhythm.jpg",
]
# Width, height and how often: the shares of ImageNet's most frequent sizes, roughly.
SIZES = [((500, 375), 50), ((375, 500), 14), ((500, 333), 14), ((333, 500), 5), ((500, 400), 5), ((640, 480), 5), ((500, 500), 4), ((400, 300), 3)]
SHARD = 256


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--images", type=int, default=2048)
    parser.add_argument("--validation", type=int, default=256)
    parser.add_argument("--classes", type=int, default=16, help=f"2 to {len(PHOTOGRAPHS)}")
    parser.add_argument("--scale", type=float, default=1, help="of the sizes, at least 1")
    arguments = parser.parse_args()
    if arguments.scale < 1:
        parser.error("--scale is at least 1")
    if not 2 <= arguments.classes <= len(PHOTOGRAPHS):
        parser.error(f"--classes goes from 2 to {len(PHOTOGRAPHS)}")

    try:
        from PIL import Image
        photographs = [Image.open(BACKGROUNDS / name).convert("RGB") for name in PHOTOGRAPHS[:arguments.classes]]
    except (ImportError, FileNotFoundError) as missing:
        sys.exit(f"{missing}; needs: apt-get install python3-pil mate-backgrounds ukui-wallpapers lomiri-wallpapers-20.04")

    # The numbers of the development kit, 1 …, run against the sorted WordNet ids, as they do in ImageNet's own.
    wnids = [f"n{1440764 + 7919 * number:08}" for number in range(arguments.classes)]
    # Validation images lie mixed, as ImageNet's do.
    order = random.Random("validation")
    validation_labels = [index % arguments.classes for index in range(arguments.validation)]
    order.shuffle(validation_labels)
    train = [
        (index % arguments.classes, f"{wnids[index % arguments.classes]}_{index // arguments.classes}.JPEG")
        for index in range(arguments.images)]
    validation = [(label, f"ILSVRC2012_val_{index + 1:08}.JPEG") for index, label in enumerate(validation_labels)]

    sizes = []
    for split, samples in ("train", train), ("val", validation):
        for label, name in samples:
            folder = arguments.out / "imagefolder" / split / wnids[label]
            folder.mkdir(parents=True, exist_ok=True)
            content = photograph(photographs[label], random.Random(f"{split} {name}"), arguments.scale)
            (folder / name).write_bytes(content)
            sizes.append(len(content))
    lay_out_imagenet(arguments.out, wnids, train, validation)
    lay_out_webdataset(arguments.out, wnids, "train", train)
    lay_out_webdataset(arguments.out, wnids, "val", validation)
    print(f"{len(train)} training and {len(validation)} validation images of {arguments.classes} classes, "
          f"{sum(sizes) / len(sizes) / 1000:.0f} KB each on average, in {arguments.out}")


def photograph(source, chance, enlarged):
    (width, height), = chance.choices([size for size, _ in SIZES], [share for _, share in SIZES])
    width, height = round(width * enlarged), round(height * enlarged)
    # From the size itself to the largest window that fits; more of the wide views, which hold more detail.
    largest = min(source.width / width, source.height / height)
    scale = max(1.0, largest) ** chance.random() ** 0.5
    window = (min(source.width, round(width * scale)), min(source.height, round(height * scale)))
    left, top = chance.randint(0, source.width - window[0]), chance.randint(0, source.height - window[1])
    image = source.resize((width, height), resample=1, box=(left, top, left + window[0], top + window[1]))
    # The best quality within a weight that spreads as ImageNet's does.
    weight = width * height / enlarged * chance.lognormvariate(0, 0.4)
    subsampling = chance.choice([0, 2, 2, 2])
    for quality in 99, 98, 96, 93, 89, 83, 75, 60:
        content = io.BytesIO()
        image.save(content, "JPEG", quality=quality, subsampling=subsampling)
        if len(content.getvalue()) < weight:
            break
    return content.getvalue()


def lay_out_imagenet(out, wnids, train, validation):
    folder = out / "imagenet"
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(folder / "ILSVRC2012_img_train.tar", "w", format=tarfile.USTAR_FORMAT) as outer:
        for label, wnid in enumerate(wnids):
            inner_file = io.BytesIO()
            with tarfile.open(fileobj=inner_file, mode="w", format=tarfile.USTAR_FORMAT) as inner:
                for _, name in (sample for sample in train if sample[0] == label):
                    add(inner, name, (out / "imagefolder" / "train" / wnid / name).read_bytes())
            add(outer, f"{wnid}.tar", inner_file.getvalue())
    with tarfile.open(folder / "ILSVRC2012_img_val.tar", "w", format=tarfile.USTAR_FORMAT) as archive:
        for label, name in validation:
            add(archive, name, (out / "imagefolder" / "val" / wnids[label] / name).read_bytes())

    truth = "".join(f"{len(wnids) - label}\n" for label, _ in validation)
    with open(folder / "ILSVRC2012_devkit_t12.tar.gz", "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed, \
            tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as kit:
        add(kit, "ILSVRC2012_devkit_t12/readme.txt", b"Made by bench/make-photos.py.\n")
        add(kit, "ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt", truth.encode())
        add(kit, "ILSVRC2012_devkit_t12/data/meta.mat", meta_mat(wnids))


def lay_out_webdataset(out, wnids, split, samples):
    folder = out / "webdataset" / split
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "classes.txt").write_text("".join(f"{wnid}\n" for wnid in wnids))
    for shard, first in enumerate(range(0, len(samples), SHARD)):
        with tarfile.open(folder / f"{shard:06}.tar", "w", format=tarfile.USTAR_FORMAT) as archive:
            for label, name in samples[first:first + SHARD]:
                add(archive, name, (out / "imagefolder" / split / wnids[label] / name).read_bytes())
                add(archive, name.replace(".JPEG", ".cls"), f"{label}".encode())


def add(archive, name, content):
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def meta_mat(wnids):
    """The development kit's list of synsets as MATLAB 5 writes it: a compressed struct array, leaves first, then inner nodes."""
    rows = [(number + 1, wnid, f"photograph {wnid}", 0) for number, wnid in enumerate(reversed(wnids))]
    rows += [(len(rows) + 1, "n00001740", "entity", len(wnids))]
    names = ["ILSVRC2012_ID", "WNID", "words", "num_children"]
    body = element(6, struct.pack("<II", 2, 0)) + element(5, struct.pack("<ii", len(rows), 1)) + element(1, b"synsets")
    body += element(5, struct.pack("<i", 32)) + element(1, b"".join(name.encode().ljust(32, b"\0") for name in names))
    for number, wnid, words, children in rows:
        body += scalar(number) + text(wnid) + text(words) + scalar(children)
    header = b"MATLAB 5.0 MAT-file, made by bench/make-photos.py".ljust(124) + struct.pack("<H", 0x0100) + b"IM"
    packed = zlib.compress(element(14, body))
    return header + struct.pack("<II", 15, len(packed)) + packed


def element(kind, data):
    if 0 < len(data) <= 4:
        return struct.pack("<HH", kind, len(data)) + data.ljust(4, b"\0")
    return struct.pack("<II", kind, len(data)) + data + b"\0" * (-len(data) % 8)


def scalar(value):
    return element(14, element(6, struct.pack("<II", 6, 0)) + element(5, struct.pack("<ii", 1, 1)) + element(1, b"") + element(9, struct.pack("<d", value)))


def text(value):
    data = element(4, value.encode("utf-16-le"))
    return element(14, element(6, struct.pack("<II", 4, 0)) + element(5, struct.pack("<ii", 1, len(value))) + element(1, b"") + data)


if __name__ == "__main__":
    main()
