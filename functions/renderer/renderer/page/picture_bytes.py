"""Reads the dimensions and colours from a picture's bytes, so that reported and real size agree."""

import io
import struct
from typing import TYPE_CHECKING, Any

from renderer.page.pdf import page_size

if TYPE_CHECKING:
    from PIL import Image

# A PNG begins with its signature and a chunk with its width and height.
PNG_HEAD, PNG_SIZE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", struct.Struct(">II")

# Bytes per pixel. A picture of one colour is compressed to far less than any picture that shows something.
BYTES_FOR_A_PIXEL = 0.02

# JPEG and WebP change a plain colour slightly.
SAME_COLOUR = 2


def load_pillow() -> None:
    """Loads the package that reads pictures, so that the first picture does not wait for it."""
    # Not imported with this module: a cold start loads it while the page loads, not before.
    from PIL import Image

    # Our own limits are checked before a picture is taken, so Pillow's check for decompression bombs is turned off.
    Image.MAX_IMAGE_PIXELS = None
    Image.preinit()


def opened(body: bytes) -> "Image.Image":
    """Returns the picture, of which only the header is read yet. Raises OSError if it is not a picture."""
    load_pillow()
    from PIL import Image

    return Image.open(io.BytesIO(body))


class Extremes:
    """The lowest and the highest value of each channel in the images added."""

    def __init__(self) -> None:
        self._ranges: list[tuple[int, int]] = []

    def add(self, image: "Image.Image") -> None:
        """Adds an image; all must have the same channels. Needs no memory besides the decoded image."""
        found = image.getextrema()
        bands: Any = found if isinstance(found[0], tuple) else (found,)
        ranges = [(int(low), int(high)) for low, high in bands]
        self._ranges = [
            (min(low, before[0]), max(high, before[1]))
            for (low, high), before in zip(ranges, self._ranges or ranges, strict=True)
        ]

    def are_one_colour(self) -> bool:
        """Whether all pixels so far have the same colour, within the formats' precision."""
        return all(high - low <= SAME_COLOUR for low, high in self._ranges)


def image_size(body: bytes) -> tuple[int, int]:
    """Returns width and height in pixels, or in points for the first page of a PDF.

    Raises ValueError for anything else.
    """
    if body.startswith(b"%PDF-"):
        return page_size(body)
    if body.startswith(PNG_HEAD) and len(body) >= PNG_SIZE.size + len(PNG_HEAD):
        # The most common format needs no package for this, which a cold start would have to load.
        width, height = PNG_SIZE.unpack_from(body, len(PNG_HEAD))
        return width, height
    try:
        with opened(body) as image:
            return image.size
    except OSError as exc:
        raise ValueError("neither a PNG, JPEG, WebP nor PDF") from exc


def may_be_blank(body: bytes) -> bool:
    """Whether the picture has so few bytes that all its pixels may have the same colour."""
    width, height = image_size(body)
    return len(body) <= 1000 + width * height * BYTES_FOR_A_PIXEL


def is_blank(body: bytes) -> bool:
    """Whether all pixels have the same colour. Decodes the image, which takes a while for a large one."""
    extremes = Extremes()
    with opened(body) as image:
        extremes.add(image)
    return extremes.are_one_colour()
