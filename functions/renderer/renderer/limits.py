"""How large a picture may be: what the operator allows, and what the formats hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shutterstep.errors import TooLargeError

if TYPE_CHECKING:
    # The schema's checks load slowly, and a task reads its limits before Chromium starts.
    from shutterstep.request import Request

FORMAT_SIDES = {"png": 2**31 - 1, "jpeg": 65_535, "webp": 16_383}


@dataclass(frozen=True)
class Limits:
    """The operator's limits, in pixels of the picture."""

    side: int = 40_000
    pixels: int = 120_000_000

    def css_height(self, request: Request) -> float:
        """The longest page, in CSS pixels at the request's scale."""
        return self.side / request["viewport"]["deviceScaleFactor"]

    def check(self, width: int, height: int, format_: str) -> None:
        """Raises TooLargeError that says which limit a picture of this size would break."""
        longest = max(width, height)
        if longest > FORMAT_SIDES[format_]:
            raise TooLargeError(
                f"the picture would be {longest} pixels long; {format_} holds {FORMAT_SIDES[format_]}: "
                "choose png or jpeg, a smaller scale, or a `maxHeight`"
            )
        if longest > self.side:
            raise TooLargeError(f"the picture would be {longest} pixels long; the limit is {self.side}")
        if width * height > self.pixels:
            raise TooLargeError(f"the picture would have {width * height} pixels; the limit is {self.pixels}")
