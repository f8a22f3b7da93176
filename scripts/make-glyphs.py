#!/usr/bin/env python3
"""Prints the table in cli/Pictures/Glyphs.cs. Needs rsvg-convert (librsvg2-bin) and fonts-dejavu-core; run only to change the font."""
import base64
import html
import struct
import subprocess
import zlib

WIDTH, HEIGHT, BASELINE, LETTERS = 12, 24, 18, 95


def draw():
    """All letters side by side, black on white, as PNG."""
    letters = "".join(
        f'<text x="{WIDTH * i}" y="{BASELINE}" font-family="DejaVu Sans Mono" font-size="20" xml:space="preserve">'
        f"{html.escape(chr(32 + i))}</text>" for i in range(LETTERS))
    svg = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH * LETTERS}" height="{HEIGHT}">'
           f'<rect width="100%" height="100%" fill="white"/>{letters}</svg>')
    return subprocess.run(["rsvg-convert"], input=svg.encode(), capture_output=True, check=True).stdout


def decode(png):
    """Rows of pixels, and bytes a pixel."""
    position, data = 8, b""
    while position < len(png):
        length, kind = struct.unpack(">I4s", png[position:position + 8])
        body = png[position + 8:position + 8 + length]
        if kind == b"IHDR":
            width, height, _, colour = struct.unpack(">IIBB", body[:10])
        if kind == b"IDAT":
            data += body
        position += 12 + length
    step = {0: 1, 2: 3, 6: 4}[colour]
    raw, stride, above, rows = zlib.decompress(data), width * step, bytes(width * step), []
    for y in range(height):
        kind, row = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for x in range(stride):
            left, corner = (row[x - step], above[x - step]) if x >= step else (0, 0)
            nearest = min((left, above[x], corner), key=lambda value: abs(left + above[x] - corner - value))
            row[x] = (row[x] + (0, left, above[x], (left + above[x]) // 2, nearest)[kind]) & 255
        rows.append(row)
        above = row
    return rows, step


rows, step = decode(draw())
coverage = [(255 - rows[y][(WIDTH * letter + x) * step]) * 15 // 255
            for letter in range(LETTERS) for y in range(HEIGHT) for x in range(WIDTH)]
packed = bytes(left << 4 | right for left, right in zip(coverage[::2], coverage[1::2]))
text = base64.b64encode(zlib.compress(packed, 9)).decode()
lines = [text[i:i + 120] for i in range(0, len(text), 120)]
print("\n".join(f'        {"+ " if i else "  "}"{line}"' for i, line in enumerate(lines)) + ";")
