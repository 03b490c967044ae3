"""What scripts/check-pictures runs: check_pictures.py PICTURE_CHECK FOLDER [FILE…]. Makes pictures in FOLDER.

Tolerances, of 255: PNG, WebP and GIF 0. JPEG 0: the same libjpeg-turbo, except CMYK, which Pillow rounds otherwise, 1.
Converted by an ICC profile 2: Pillow converts all at once, in another order. PNG of 16 bits 1: Pillow cuts the lower byte off
instead of rounding. Not compared, only counted: greys of 16 bits, which Pillow clips; a transparent colour in greys of less
than 8 bits, which Pillow looks for among the enlarged values; indices behind a palette's end, which libpng paints black.
"""
import io
import itertools
import json
import pathlib
import subprocess
import sys
import warnings

import numpy as np
from PIL import Image, ImageCms

warnings.simplefilter("ignore")
program, folder, files = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
fixtures = pathlib.Path(__file__).parents[1] / "Fixtures"
random = np.random.default_rng(20261125)


def make_pictures():
    """Odd sizes in every way that Pillow writes, from noise in a few scales, with a red cast."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (width, height) in enumerate([(1, 1), (2, 3), (7, 9), (16, 16), (17, 5), (63, 65), (130, 31), (257, 129)]):
        coarse = random.integers(0, 256, (height // 8 + 1, width // 8 + 1, 4)).astype(np.uint8)
        whole = np.repeat(np.repeat(coarse, 8, 0), 8, 1)[:height, :width].astype(int)
        whole += random.integers(-20, 21, whole.shape)
        whole[..., 0] += 40
        image = Image.fromarray(np.clip(whole, 0, 255).astype(np.uint8), "RGBA")
        rgb, name = image.convert("RGB"), folder / f"{number}"
        for subsampling, progressive, grey in itertools.product((0, 1, 2), (False, True), (False, True)):
            (rgb.convert("L") if grey else rgb).save(
                f"{name}-{subsampling}-{progressive}-{grey}.jpg", quality=70, subsampling=subsampling, progressive=progressive)
        rgb.convert("CMYK").save(f"{name}-cmyk.jpg", quality=90)
        for mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
            (image if mode == "LA" or mode == "RGBA" else rgb).convert(mode).save(f"{name}-{mode}.png")
        rgb.save(f"{name}-colour.png", transparency=rgb.getpixel((0, 0)))
        image.save(f"{name}-lossy.webp", quality=60)
        image.save(f"{name}-lossless.webp", lossless=True, exact=True)
        rgb.save(f"{name}-opaque.webp", quality=60)
        for interlace in (0, 1):
            rgb.quantize(3 + 60 * interlace).save(f"{name}-{interlace}.gif", interlace=interlace)


def expected(file):
    """Pillow's RGBA of a file, and the tolerance, or None where it does something else on purpose."""
    image = Image.open(file)
    icc, mode, tolerance = image.info.get("icc_profile"), image.mode, 0
    image.load()
    if mode.startswith("I"):
        return None
    if image.format == "PNG":
        head = pathlib.Path(file).read_bytes()[24:26]  # bits a sample, and what samples are
        tolerance = int(head[0] == 16)
        if head[1] == 0 and head[0] < 8 and "transparency" in image.info:
            return None
        if mode == "P" and image.getextrema()[1] >= len(image.palette.palette) // 3:
            return None
    if icc:
        try:
            profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
            target = ImageCms.createProfile("sRGB")
            if mode in ("RGB", "L", "CMYK"):
                return np.dstack([np.array(ImageCms.profileToProfile(image, profile, target, outputMode="RGB")),
                                  np.full(image.size[::-1], 255, np.uint8)]), 2
            return None
        except (ImageCms.PyCMSError, OSError):
            pass
    if mode == "CMYK":
        return np.array(image.convert("RGB").convert("RGBA")), 1
    return np.array(image.convert("RGBA")), tolerance


def count(pixels):
    """What red is to measure of pixels it decoded: the definitions, in 64-bit integers."""
    r, g, b = (pixels[..., part].astype(np.int64) for part in range(3))
    counts = pixels[..., 3] >= 128 if pixels.shape[2] == 4 else np.ones(r.shape, bool)
    least, most = np.minimum(np.minimum(r, g), b), np.maximum(np.maximum(r, g), b)
    middle = r + g + b - least - most
    red = counts & (r == most) & (3 * abs(g - b) <= r - least) & (5 * least <= 3 * r) & (r >= 50)
    coloured = counts & (most - least >= 16)
    above = middle - least <= most - middle
    outstanding = np.where(above, most, least)
    sectors = [coloured & above & (r == outstanding), coloured & ~above & (b == outstanding),
               coloured & above & (g == outstanding), coloured & ~above & (r == outstanding),
               coloured & above & (b == outstanding), coloured & ~above & (g == outstanding), counts & ~coloured]
    total = int(counts.sum())

    def share(number, factor):
        return (int(number) * factor + total // 2) // total if total else 0
    return {"redPixels": int(red.sum()), "pixels": total, "box": box(red),
            "mean": [share(part[counts].sum(), 100) for part in (r, g, b)],
            "hues": [share(sector.sum(), 1_000_000) for sector in sectors]}


def box(red):
    """The dominant patch's, by a flood fill."""
    height, width = red.shape
    rows, columns = range(0, height, 8), range(0, width, 8)
    cells = np.array([[red[y:y + 8, x:x + 8].sum() for x in columns] for y in rows])
    areas = np.array([[red[y:y + 8, x:x + 8].size for x in columns] for y in rows])
    left, best = {tuple(place) for place in np.argwhere(2 * cells >= areas)}, None
    while left:
        patch, waiting = [], [left.pop()]
        while waiting:
            y, x = waiting.pop()
            patch.append((y, x))
            near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            waiting += near
        top, side = min(y for y, _ in patch) * 8, min(x for _, x in patch) * 8
        found = (-sum(int(cells[place]) for place in patch), top, side,
                 min(width, max(x for _, x in patch) * 8 + 8) - side, min(height, max(y for y, _ in patch) * 8 + 8) - top)
        best = min(best, found) if best else found
    return [best[2], best[1], best[3], best[4]] if best else None


def compare(file, measured):
    """What differs, in words; the second value tells whether Pillow could be compared with."""
    decoded = subprocess.run([program, "decode", file], capture_output=True)
    try:
        theirs = expected(file)
    except Exception as error:  # whatever Pillow raises on a file it does not take
        return (None if "error" in measured else f"Pillow refuses it: {error}"), False
    if "error" in measured:
        return f"red refuses it: {measured['error']}", False
    head, pixels = decoded.stdout.split(b"\n", 1)
    width, height, channels = map(int, head.split())
    ours = np.frombuffer(pixels, np.uint8).reshape(height, width, channels)
    counted = count(ours)
    if measured["orientation"] != 1:
        counted.pop("box")
    wrong = {key: (measured[key], value) for key, value in counted.items() if measured[key] != value}
    if wrong:
        raise SystemExit(f"check-pictures: {file}: red and numpy count differently: {wrong}")
    if theirs is None:
        return None, False
    reference, tolerance = theirs
    if reference.shape[:2] != (height, width):
        return f"{width} x {height}, but Pillow's {reference.shape[1]} x {reference.shape[0]}", True
    # What is transparent has no colour that counts.
    shown = reference[..., 3] >= 128
    if channels == 4 and not np.array_equal(ours[..., 3] >= 128, shown):
        return "other pixels are opaque", True
    difference = np.abs(ours[..., :3].astype(int) - reference[..., :3])[shown]
    most = int(difference.max()) if difference.size else 0
    return (f"pixels differ by {most}, at most {tolerance} expected" if most > tolerance else None), True


make_pictures()
everything = sorted(str(file) for place in (fixtures / "pictures", fixtures / "photos", folder) for file in place.iterdir()
                    if file.suffix in (".jpg", ".png", ".webp", ".gif")) + files
lines = []
for start in range(0, len(everything), 200):
    some = everything[start:start + 200]
    lines += subprocess.run([program, "measure", *some], capture_output=True, text=True).stdout.splitlines()
compared = different = 0
for file, line in zip(everything, lines, strict=True):
    problem, is_compared = compare(file, json.loads(line))
    compared += is_compared
    if problem:
        different += file not in files or is_compared
        print(f"{file}: {problem}")
print(f"check-pictures: {len(everything)} pictures, {compared} compared with Pillow's pixels, {different} of them differ; "
      "what is counted is numpy's in all")
sys.exit(different > 0)
