"""Reads a picture's own bytes, so that a result never claims what they don't hold."""

import io

from PIL import Image

from renderer.page.pdf import page_size

# The limits of this package are checked before a picture is taken; Pillow's own guess at a bomb is not wanted.
Image.MAX_IMAGE_PIXELS = None

# A picture of one colour is compressed to far fewer bytes for each pixel than any that shows something.
BYTES_FOR_A_PIXEL = 0.02


def image_size(body: bytes) -> tuple[int, int]:
    """Width and height in pixels; of a PDF its first page's in points. Raises ValueError for anything else."""
    if body.startswith(b"%PDF-"):
        return page_size(body)
    try:
        with Image.open(io.BytesIO(body)) as image:
            return image.size
    except OSError as exc:
        raise ValueError("neither a PNG, JPEG, WebP nor PDF") from exc


def is_blank(body: bytes) -> bool:
    """Whether all pixels have one colour; decodes only what may be."""
    width, height = image_size(body)
    if len(body) > 1000 + width * height * BYTES_FOR_A_PIXEL:
        return False
    with Image.open(io.BytesIO(body)) as image:
        bands = image.convert("RGBA").split()
    # JPEG and WebP do not keep a plain colour to the last bit.
    return all(high - low <= 2 for low, high in (_extrema(band) for band in bands))


def _extrema(band: Image.Image) -> tuple[int, int]:
    low, high = band.getextrema()
    return int(low), int(high)  # pyright: ignore[reportArgumentType] (one band has two numbers)
