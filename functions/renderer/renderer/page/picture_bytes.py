"""Reads a picture's own bytes, so that a result never claims what they don't hold."""

import io
import struct
from typing import TYPE_CHECKING, Any

from renderer.page.pdf import page_size

if TYPE_CHECKING:
    from PIL import Image

# A PNG begins with its signature and the chunk that says its width and height.
PNG_HEAD, PNG_SIZE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", struct.Struct(">II")

# A picture of one colour is compressed to far fewer bytes for each pixel than any that shows something.
BYTES_FOR_A_PIXEL = 0.02

# JPEG and WebP do not keep a plain colour to the last bit.
SAME_COLOUR = 2


def load_pillow() -> None:
    """Loads the package that reads pictures, so that the first of them need not wait for it."""
    # Not with this module: a cold start loads it beside the page, and not before.
    from PIL import Image

    # The limits of this package are checked before a picture is taken; Pillow's own guess at a bomb is not wanted.
    Image.MAX_IMAGE_PIXELS = None
    Image.preinit()


def opened(body: bytes) -> "Image.Image":
    """The picture, of which only the head is read yet. Raises OSError for no picture."""
    load_pillow()
    from PIL import Image

    return Image.open(io.BytesIO(body))


class Extremes:
    """The lowest and the highest value of each channel in the images added."""

    def __init__(self) -> None:
        self._ranges: list[tuple[int, int]] = []

    def add(self, image: "Image.Image") -> None:
        """Takes in an image; all have the same channels. Needs no memory besides the decoded image."""
        found = image.getextrema()
        bands: Any = found if isinstance(found[0], tuple) else (found,)
        ranges = [(int(low), int(high)) for low, high in bands]
        self._ranges = [
            (min(low, before[0]), max(high, before[1]))
            for (low, high), before in zip(ranges, self._ranges or ranges, strict=True)
        ]

    def are_one_colour(self) -> bool:
        """Whether every pixel so far has one colour, as far as the formats keep it."""
        return all(high - low <= SAME_COLOUR for low, high in self._ranges)


def image_size(body: bytes) -> tuple[int, int]:
    """Width and height in pixels; of a PDF its first page's in points. Raises ValueError for anything else."""
    if body.startswith(b"%PDF-"):
        return page_size(body)
    if body.startswith(PNG_HEAD) and len(body) >= PNG_SIZE.size + len(PNG_HEAD):
        # The most usual picture needs no package for this, which a cold start would have to load.
        width, height = PNG_SIZE.unpack_from(body, len(PNG_HEAD))
        return width, height
    try:
        with opened(body) as image:
            return image.size
    except OSError as exc:
        raise ValueError("neither a PNG, JPEG, WebP nor PDF") from exc


def is_blank(body: bytes) -> bool:
    """Whether all pixels have one colour. Decodes only images with so few bytes for a pixel that they may be."""
    width, height = image_size(body)
    if len(body) > 1000 + width * height * BYTES_FOR_A_PIXEL:
        return False
    extremes = Extremes()
    with opened(body) as image:
        extremes.add(image)
    return extremes.are_one_colour()
