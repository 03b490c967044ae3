#!/usr/bin/env python3
"""Makes Tests/Fixtures/pictures, small pictures of every kind red reads, and golden.json, what numpy counts in them and
in the photographs.

    pip install numpy pillow && Tests/Fixtures/make_pictures.py

PNGs are written here, bit by bit, so that what they hold does not depend on a library; JPEGs are Pillow's, and Pillow
(libjpeg-turbo) decodes them for the count.
"""
import json, pathlib, struct, zlib
import numpy as np
from PIL import Image

here = pathlib.Path(__file__).parent
pictures = here / "pictures"
random = np.random.default_rng(20261124)


def count(rgba):
    """Red and counted pixels of an array of R, G, B, alpha: the definition, in 64-bit integers."""
    r, g, b, a = (rgba[..., i].astype(np.int64) for i in range(4))
    smallest = np.minimum(np.minimum(r, g), b)
    red = (r >= g) & (r >= b) & (3 * abs(g - b) <= r - smallest) & (5 * smallest <= 3 * r) & (r >= 50)
    counted = a >= 128
    return int((red & counted).sum()), int(counted.sum())


def opaque(rgb):
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def pack(samples, depth):
    """Rows of samples (height x width x channels) as PNG scanlines with filter 0."""
    rows = b""
    for row in samples.reshape(samples.shape[0], -1):
        if depth == 16:
            data = row.astype(">u2").tobytes()
        elif depth == 8:
            data = row.astype(np.uint8).tobytes()
        else:
            bits = "".join(format(int(v), f"0{depth}b") for v in row)
            bits += "0" * (-len(bits) % 8)
            data = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
        rows += b"\0" + data
    return rows


ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]


def png(samples, depth, color_type, interlaced, extra=b""):
    height, width = samples.shape[:2]
    if interlaced:
        passes = (samples[y0::dy, x0::dx] for y0, x0, dy, dx in ADAM7)
        data = b"".join(pack(p, depth) for p in passes if p.size)
    else:
        data = pack(samples, depth)
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(data, 9))
            + chunk(b"IEND", b""))


def noise(height, width, channels, top):
    """Blocks of one colour with a reddish cast, so that both answers are common."""
    blocks = random.integers(0, top + 1, ((height + 2) // 3, (width + 2) // 3, channels))
    blocks[..., 0] = np.maximum(blocks[..., 0], blocks[..., 0] // 2 + top // 2)
    return np.repeat(np.repeat(blocks, 3, 0), 3, 1)[:height, :width]


golden = {}


def keep(name, content, rgba):
    (pictures / name).write_bytes(content)
    red, counted = count(rgba)
    golden[f"pictures/{name}"] = {
        "redPixels": red, "pixels": counted, "width": rgba.shape[1], "height": rgba.shape[0]}


pictures.mkdir(exist_ok=True)
for interlaced in (False, True):
    suffix = "-interlaced" if interlaced else ""
    for depth in (8, 16):
        scale = 257 if depth == 16 else 1  # 16-bit values that scale to 8 bits exactly
        rgb = noise(31, 37, 3, 255)
        keep(f"rgb{depth}{suffix}.png", png(rgb * scale, depth, 2, interlaced), opaque(rgb.astype(np.uint8)))
        rgba = noise(31, 37, 4, 255)
        keep(f"rgba{depth}{suffix}.png", png(rgba * scale, depth, 6, interlaced), rgba.astype(np.uint8))
        grey_alpha = noise(31, 37, 2, 255)
        shown = np.dstack([grey_alpha[..., 0]] * 3 + [grey_alpha[..., 1]]).astype(np.uint8)
        keep(f"greyalpha{depth}{suffix}.png", png(grey_alpha * scale, depth, 4, interlaced), shown)
    for depth in (1, 2, 4, 8, 16):
        grey = noise(31, 37, 1, (1 << depth) - 1)
        shown = (grey[..., 0] * 255 // ((1 << depth) - 1)).astype(np.uint8)
        keep(f"grey{depth}{suffix}.png", png(grey, depth, 0, interlaced), opaque(np.dstack([shown] * 3)))
    for depth in (1, 2, 4, 8):
        indices = noise(31, 37, 1, (1 << depth) - 1)
        palette = random.integers(0, 256, (1 << depth, 3)).astype(np.uint8)
        palette[::2] = [200, 30, 40]
        alpha = random.integers(0, 256, 1 << depth).astype(np.uint8)
        extra = chunk(b"PLTE", palette.tobytes())
        keep(f"palette{depth}{suffix}.png", png(indices, depth, 3, interlaced, extra), opaque(palette[indices[..., 0]]))
        extra += chunk(b"tRNS", alpha.tobytes())
        shown = np.dstack([palette[indices[..., 0]], alpha[indices[..., 0]]])
        keep(f"palettealpha{depth}{suffix}.png", png(indices, depth, 3, interlaced, extra), shown)

photograph = Image.open(here / "photos/coffee.png").convert("RGB").resize((150, 100))
forms = {
    "baseline": (photograph, {"quality": 85}),
    "progressive": (photograph, {"quality": 85, "progressive": True}),
    "full-chroma": (photograph, {"quality": 95, "subsampling": 0}),
    "restarts": (photograph, {"quality": 80, "restart_marker_blocks": 4}),
    "grey": (photograph.convert("L"), {"quality": 85}),
    "cmyk": (photograph.convert("CMYK"), {"quality": 90}),
    "one-pixel": (Image.new("RGB", (1, 1), (200, 10, 10)), {"quality": 95}),
}
for name, (image, options) in forms.items():
    file = pictures / f"{name}.jpg"
    image.save(file, **options)
    keep(file.name, file.read_bytes(), opaque(np.array(Image.open(file).convert("RGB"))))

for file in sorted((here / "photos").iterdir()):
    if file.suffix in (".jpg", ".png"):
        image = np.array(Image.open(file).convert("RGBA"))
        red, counted = count(image)
        golden[f"photos/{file.name}"] = {
            "redPixels": red, "pixels": counted, "width": image.shape[1], "height": image.shape[0]}

(here / "golden.json").write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n")
print(f"{len(golden)} pictures")
