#!/usr/bin/python3
"""Makes odd and ordinary image files, and says what Pillow makes of them: pillow_images.py OUT

OUT/files.txt      name, height, width, orientation honoured (0 or 1): the file is OUT/name, its pixels as Pillow sees them are in name.rgb
OUT/resizes.txt    name, top, left, height, width, mirrored, filter, size: number n's pixels are in resize-n.rgb
"""
import io
import pathlib
import random
import struct
import sys

from PIL import Image, ImageEnhance, ImageOps

out = pathlib.Path(sys.argv[1])
PHOTOGRAPHS = pathlib.Path("/usr/share/backgrounds/mate/nature")
files = []
resizes = []


def encoded(image, kind, **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def add(name, content, expected=None, honoured=0):
    (out / name).write_bytes(content)
    if expected is None:
        image = Image.open(out / name)
        expected = (ImageOps.exif_transpose(image) if honoured else image).convert("RGB")
    reference = f"{name}{'.upright' if honoured else ''}.rgb"
    (out / reference).write_bytes(expected.tobytes())
    files.append(f"{name}\t{expected.height}\t{expected.width}\t{honoured}")


def photograph(name, width, height):
    return ImageOps.fit(Image.open(PHOTOGRAPHS / name).convert("RGB"), (width, height), Image.Resampling.LANCZOS)


def odd_files():
    photo = photograph("LadyBird.jpg", 133, 97)
    for name, subsampling in (("444", 0), ("422", 1), ("420", 2)):
        add(f"{name}.jpg", encoded(photo, "JPEG", quality=92, subsampling=subsampling))
    add("progressive.jpg", encoded(photo, "JPEG", quality=90, progressive=True))
    add("restarts.jpg", encoded(photo, "JPEG", quality=90, restart_marker_rows=1))
    add("grey.jpg", encoded(photo.convert("L"), "JPEG", quality=90))
    cmyk = encoded(photo.convert("CMYK"), "JPEG", quality=95)
    add("cmyk.jpg", cmyk)
    # Adobe's marker says how the inks are coded: 0 as they are, 2 as YCCK.
    adobe = cmyk.index(b"Adobe")
    add("ycck.jpg", cmyk[:adobe + 11] + b"\x02" + cmyk[adobe + 12:])
    add("png-named.JPEG", encoded(photo, "PNG"))
    add("grey.png", encoded(photo.convert("L"), "PNG"))
    add("one-bit.png", encoded(photo.convert("1"), "PNG"))
    add("four-bits.png", encoded(photo.quantize(13), "PNG", bits=4))
    add("palette.png", encoded(photo.quantize(200), "PNG"))
    add("palette-transparent.png", encoded(photo.quantize(200), "PNG", transparency=3))
    alpha = photo.copy()
    alpha.putalpha(photo.convert("L"))
    add("alpha.png", encoded(alpha, "PNG"))
    add("grey-alpha.png", encoded(alpha.convert("LA"), "PNG"))
    grey16 = Image.frombytes("I;16", photo.size, b"".join(struct.pack("<H", value * 257 ^ 0x55) for value in photo.convert("L").tobytes()))
    # Pillow clips 16 bits to white; here the upper 8 are the picture.
    add("grey16.png", encoded(grey16, "PNG"), photo.convert("L").convert("RGB"))
    add("interlaced.png", interlaced(photo.crop((0, 0, 8, 8))), photo.crop((0, 0, 8, 8)))
    add("lossy.webp", encoded(photo, "WEBP", quality=80))
    add("lossless.webp", encoded(alpha, "WEBP", lossless=True, exact=True))
    add("one-pixel.jpg", encoded(photo.crop((3, 3, 4, 4)), "JPEG"))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        content = encoded(photo, "JPEG", quality=92, exif=exif.tobytes())
        add(f"turned-{orientation}.jpg", content, honoured=1)
        add(f"turned-{orientation}.jpg", content)
    exif = Image.Exif()
    exif[0x0112] = 6
    broken = exif.tobytes()[:14] + b"\xff\xff\xff\xff"
    add("bad-exif.jpg", encoded(photo, "JPEG", quality=92, exif=broken), Image.open(io.BytesIO(encoded(photo, "JPEG", quality=92))), honoured=1)


def interlaced(image):
    """An Adam7 PNG of 8 by 8 pixels, which Pillow can read but not write."""
    import zlib
    rows = []
    for top, left, down, right in ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)):
        for y in range(top, 8, down):
            rows.append(b"\0" + b"".join(bytes(image.getpixel((x, y))) for x in range(left, 8, right)))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 1))
            + chunk(b"IDAT", zlib.compress(b"".join(rows))) + chunk(b"IEND", b""))


def resize(name, image, window, mirrored, kind, size):
    top, left, height, width = window
    part = image.crop((left, top, left + width, top + height))
    part = part.resize((size, size), {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}[kind])
    part = ImageOps.mirror(part) if mirrored else part
    (out / f"resize-{len(resizes)}.rgb").write_bytes(part.tobytes())
    resizes.append(f"{name}\t{top}\t{left}\t{height}\t{width}\t{int(mirrored)}\t{kind}\t{size}")


def resized_photographs():
    choose = random.Random(7)
    for name in ("Blinds", "Dune", "Garden", "LadyBird", "Storm", "Wood"):
        for kind, (width, height) in (("small", (500, 375)), ("large", (1600, 1200))):
            file = f"{kind}-{name}.jpg"
            (out / file).write_bytes(encoded(photograph(f"{name}.jpg", width, height), "JPEG", quality=93))
            image = Image.open(out / file).convert("RGB")
            windows = [(0, 0, height, width)]
            for _ in range(3 if kind == "small" else 1):
                smallest = 40 if kind == "small" else 700
                window_height, window_width = choose.randint(smallest, height), choose.randint(smallest, width)
                windows.append((choose.randint(0, height - window_height), choose.randint(0, width - window_width), window_height, window_width))
            for number, window in enumerate(windows):
                for filter_name in ("bilinear", "bicubic"):
                    resize(file, image, window, number % 2 == 1, filter_name, 299)


def coloured_photographs():
    photo = photograph("LadyBird.jpg", 133, 97)
    (out / "colours.rgb").write_bytes(photo.tobytes())

    def hue(turns):
        h, s, v = photo.convert("HSV").split()
        return Image.merge("HSV", (h.point([(value + int(turns * 255)) % 256 for value in range(256)]), s, v)).convert("RGB")

    for factor in (0.0, 0.37, 1.0, 1.62):
        (out / f"brightness-{factor}.rgb").write_bytes(ImageEnhance.Brightness(photo).enhance(factor).tobytes())
        (out / f"contrast-{factor}.rgb").write_bytes(ImageEnhance.Contrast(photo).enhance(factor).tobytes())
        (out / f"saturation-{factor}.rgb").write_bytes(ImageEnhance.Color(photo).enhance(factor).tobytes())
        (out / f"hue-{factor}.rgb").write_bytes(hue(factor - 0.5 if factor < 1 else factor - 1.25).tobytes())


odd_files()
resized_photographs()
coloured_photographs()
(out / "files.txt").write_text("\n".join(files))
(out / "resizes.txt").write_text("\n".join(resizes))
