"""Makes photograph-like pictures of 24 megapixels in FOLDER, in each format that red reads, from Tests/Fixtures/photos.

    python3 pictures.py FOLDER

Six photographs, each enlarged to 2000 x 2000 and given a sensor's noise, which is what makes compressed photographs long.
"""
import pathlib
import sys

import numpy as np
from PIL import Image

PHOTOS = ["astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "retina.jpg", "hubble_deep_field.jpg"]
photos = pathlib.Path(__file__).parents[2] / "Tests/Fixtures/photos"
folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(20261125)

whole = np.empty((4000, 6000, 3), np.uint8)
for index, name in enumerate(PHOTOS):
    photo = Image.open(photos / name).convert("RGB").resize((2000, 2000), Image.BICUBIC)
    noisy = np.asarray(photo, np.float32) + random.normal(0, 2.5, (2000, 2000, 3)).astype(np.float32)
    y, x = divmod(index, 3)
    whole[y * 2000:, x * 2000:][:2000, :2000] = np.clip(np.rint(noisy), 0, 255)

picture = Image.fromarray(whole)
picture.save(folder / "baseline.jpg", quality=90)
picture.save(folder / "progressive.jpg", quality=90, progressive=True)
picture.save(folder / "picture.png")
picture.save(folder / "lossy.webp", quality=85)
picture.save(folder / "lossless.webp", lossless=True, quality=20, method=1)
picture.quantize(256).save(folder / "picture.gif")
