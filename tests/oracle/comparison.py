"""Measures the difference between two pictures of one page."""

import io
from dataclasses import dataclass
from functools import reduce

from PIL import Image, ImageChops

# A channel may differ by so much: the edge of a letter that lies between two pixels.
CHANNEL = 24
# And so many pixels of a picture may differ by more.
SHARE = 0.0005


@dataclass(frozen=True)
class Apart:
    """Both sizes, the number of pixels that differ, and the smallest box (left, top, right, bottom) that holds them."""

    sizes: tuple[tuple[int, int], tuple[int, int]]
    pixels: int
    box: tuple[int, int, int, int] | None

    @property
    def is_equal(self) -> bool:
        width, height = self.sizes[0]
        return self.sizes[0] == self.sizes[1] and self.pixels <= SHARE * width * height


def compare(one: bytes, other: bytes) -> Apart:
    """Compares two PNGs. Pictures of different sizes are compared where both have pixels."""
    first, second = (Image.open(io.BytesIO(body)) for body in (one, other))
    if first.mode != second.mode:
        first, second = first.convert("RGBA"), second.convert("RGBA")
    sizes = (first.size, second.size)
    common = (0, 0, min(first.width, second.width), min(first.height, second.height))
    difference = ImageChops.difference(first.crop(common), second.crop(common))
    if difference.getbbox(alpha_only=False) is None:  # as most are; the rest takes as long again
        return Apart(sizes, 0, None)
    furthest = reduce(ImageChops.lighter, difference.split())
    wrong = furthest.point([0] * (CHANNEL + 1) + [255] * (255 - CHANNEL))
    return Apart(sizes, wrong.histogram()[255], wrong.getbbox())
