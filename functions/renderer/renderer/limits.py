"""How large a picture may be: the operator's limits, and those of the formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shutterstep.errors import TooLargeError

if TYPE_CHECKING:
    # jsonschema loads slowly, and a task reads its limits before Chromium starts.
    from shutterstep.request import Request

FORMAT_SIDES = {"png": 2**31 - 1, "jpeg": 65_535, "webp": 16_383}

# A png or jpeg is joined from tiles, each dropped after it is written; a webp is in memory as a whole. Memory measured
# in docs/decisions/0012-the-capture.md.
FORMAT_PIXELS = {"webp": 32_000_000}

# Chromium paints into textures of at most this many pixels a side; tiles are joined vertically only.
WIDEST = 16_384

# Limit of the bytes of a picture or a PDF, which is in memory until it is stored. Chosen, not measured.
BYTES = 256 * 2**20


@dataclass(frozen=True)
class Limits:
    """The operator's limits, in pixels of the picture; `bytes` is the limit of the finished file."""

    side: int = 100_000
    pixels: int = 200_000_000
    bytes: int = BYTES

    def css_height(self, request: Request, css_width: float | None = None) -> float:
        """Returns the height in CSS pixels of the longest picture of a page this wide (default: the window's width)."""
        scale, format_ = request["viewport"]["deviceScaleFactor"], request["format"]
        width = max(1, round((css_width or request["viewport"]["width"]) * scale))
        side = min(self.side, FORMAT_SIDES.get(format_, self.side))
        return max(1, min(side, self._pixels(format_) // width)) / scale

    def css_width(self, request: Request) -> float:
        """Returns the width, in CSS pixels at the request's scale, of the widest picture of a page."""
        widest = min(self.side, WIDEST, FORMAT_SIDES.get(request["format"], WIDEST))
        return widest / request["viewport"]["deviceScaleFactor"]

    def check(self, width: int, height: int, format_: str) -> None:
        """Raises TooLargeError, which says which limit a picture of this size would exceed."""
        longest, pixels = max(width, height), self._pixels(format_)
        if longest > FORMAT_SIDES[format_]:
            raise TooLargeError(
                f"the picture would be {longest} pixels long; {format_} holds {FORMAT_SIDES[format_]}: "
                "choose png or jpeg, a smaller scale, or a `maxHeight`"
            )
        if longest > self.side:
            raise TooLargeError(f"the picture would be {longest} pixels long; the limit is {self.side}")
        if width > WIDEST:
            raise TooLargeError(f"the picture would be {width} pixels wide; the limit is {WIDEST}")
        if width * height > pixels:
            raise TooLargeError(f"the picture would have {width * height} pixels; the limit is {pixels}")

    def _pixels(self, format_: str) -> int:
        return min(self.pixels, FORMAT_PIXELS.get(format_, self.pixels))
