#!/usr/bin/env python3
"""Makes Tests/Fixtures/pictures, small pictures of every kind red reads, and golden.json, what numpy counts in them and
in the photographs.

    pip install numpy pillow && Tests/Fixtures/make_pictures.py

PNGs are written here, bit by bit, so that what they hold does not depend on a library; the others are Pillow's, and Pillow
(libjpeg-turbo, libwebp) decodes them for the count.
"""
import io, json, pathlib, struct, zlib
import numpy as np
from PIL import Image, ImageCms

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



def profile(space, tags):
    """An ICC profile for displays, version 2.1, of tags of 4 letters and their content."""
    table, content, place = b"", b"", 128 + 4 + 12 * len(tags)
    for name, value in tags:
        value += b"\0" * (-len(value) % 4)
        table += name + struct.pack(">II", place + len(content), len(value))
        content += value
    head = struct.pack(">I4sI4s4s4s", place + len(content), b"none", 0x02100000, b"mntr", space, b"XYZ ") + b"\0" * 12 + b"acsp"
    head = head.ljust(68, b"\0") + struct.pack(">III", 0xf6d6, 0x10000, 0xd32d)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + content


def xyz(*values):
    return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in values)


def gamma(value):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


# sRGB's primaries under the standard illuminant of profiles, D50; swapped: what is stored as red is green.
primaries = [xyz(0.4361, 0.2225, 0.0139), xyz(0.3851, 0.7169, 0.0971), xyz(0.1431, 0.0606, 0.7141)]
white = (b"wtpt", xyz(0.9642, 1.0, 0.8249))
swapped = profile(b"RGB ", [white] + list(zip([b"gXYZ", b"rXYZ", b"bXYZ"], primaries))
                  + [(name, gamma(2.2)) for name in (b"rTRC", b"gTRC", b"bTRC")])
light_grey = profile(b"GRAY", [white, (b"kTRC", gamma(1.0))])
srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
turned = Image.Exif()
turned[0x112] = 6


def converted(image, icc):
    """sRGB by Little CMS."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    return np.array(ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"))


def keep_file(name, image, shown=None, **options):
    file = pictures / name
    image.save(file, **options)
    if shown is None:
        shown = np.array(Image.open(file).convert("RGBA"))
    keep(name, file.read_bytes(), shown)


def frame(colour, size=(40, 30)):
    return Image.new("RGBA", size, colour)


keep_file("lossy.webp", photograph, quality=80)
keep_file("lossless.webp", photograph, lossless=True)
faded = photograph.copy()
faded.putalpha(Image.linear_gradient("L").resize(photograph.size))
keep_file("alpha.webp", faded, quality=80)
keep_file("alpha-lossless.webp", faded, lossless=True, exact=True)
keep_file("animated.webp", frame((200, 10, 10, 255)), save_all=True, append_images=[frame((10, 10, 200, 255))], lossless=True)
keep_file("oriented.webp", photograph, quality=80, exif=turned)
keep_file("swapped.webp", photograph, lossless=True, icc_profile=swapped)
palette = photograph.quantize(64)
keep_file("plain.gif", palette, interlace=0)
keep_file("interlaced.gif", palette, interlace=1)
keep_file("transparent.gif", palette, transparency=palette.getpixel((75, 50)))
keep_file("animated.gif", frame((200, 10, 10, 255)).convert("RGB"), save_all=True,
          append_images=[frame((10, 10, 200, 255)).convert("RGB")])
keep_file("two-colours.gif", photograph.convert("1"))
keep_file("oriented.jpg", photograph, quality=85, exif=turned)
keep_file("srgb.jpg", photograph, quality=85, icc_profile=srgb)
keep_file("swapped.jpg", photograph, quality=95, subsampling=0, icc_profile=swapped)
keep_file("damaged-profile.jpg", photograph, quality=85, icc_profile=swapped[:150])
keep_file("swapped.png", photograph, icc_profile=swapped)
keep_file("light-grey.png", photograph.convert("L"), icc_profile=light_grey)
for name, icc in [("swapped.webp", swapped), ("swapped.jpg", swapped), ("swapped.png", swapped), ("light-grey.png", light_grey)]:
    image = Image.open(pictures / name)
    keep(name, (pictures / name).read_bytes(), opaque(converted(image, icc)))

for file in sorted((here / "photos").iterdir()):
    if file.suffix in (".jpg", ".png"):
        image = Image.open(file)
        icc = image.info.get("icc_profile")
        image = opaque(converted(image, icc)) if icc else np.array(image.convert("RGBA"))
        red, counted = count(image)
        golden[f"photos/{file.name}"] = {
            "redPixels": red, "pixels": counted, "width": image.shape[1], "height": image.shape[0]}

(here / "golden.json").write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n")
print(f"{len(golden)} pictures")
