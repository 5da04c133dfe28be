"""One case: a page and a request, with the expected size, pixels and fields of the result."""

import io
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
from PIL import Image

from renderer.page.render import Picture
from tests.end_to_end.studio import BLUE, GREEN, MAGENTA, RED, WHITE, YELLOW, Colour

__all__ = ["BLACK", "BLUE", "DARK_GREEN", "GREEN", "MAGENTA", "RED", "WHITE", "YELLOW", "Case", "Colour"]

BLACK, DARK_GREEN = (0, 0, 0), (0, 102, 0)
TOLERANCE = 2
Pixel = tuple[int, int, Colour] | tuple[int, int, Colour, int]


@dataclass(frozen=True)
class Case:
    """A page, the options of its request, and the expected result.

    `pixels` are (x, y, colour) or (x, y, colour, tolerance of each channel); for a pdf they are points of page `sheet`,
    counted from 1. `told` are expected fields of the result by dotted path; of `final_url` only the end is compared.
    `error` is the code with which the render must end. `seen_in` names the public report of the fault.
    """

    name: str
    page: str
    options: dict[str, Any] = field(default_factory=dict)
    size: tuple[int, int] | None = None
    pixels: tuple[Pixel, ...] = ()
    told: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    sheet: int = 1
    host: str = "127.0.0.1"
    seen_in: str = ""

    def request(self, port: int) -> dict[str, Any]:
        """Returns the request, for the page on a server at this port or for the HTML in the options."""
        if "html" in self.options:
            return dict(self.options)
        return {"url": f"http://{self.host}:{port}{self.page}", **self.options}

    def wrong(self, picture: Picture) -> list[str]:
        """Returns what is wrong with the result; empty if nothing is."""
        found = self._wrong_image(_image(picture, self.sheet), (picture.width, picture.height))
        found += [_wrong_word(picture, path, value) for path, value in self.told.items()]
        return [text for text in found if text]

    def _wrong_image(self, shown: Image.Image, size: tuple[int, int]) -> list[str]:
        found = [_wrong_pixel(shown, *pixel) for pixel in self.pixels if _is_inside(shown, *pixel[:2])]
        found += [f"nothing at {pixel[:2]}" for pixel in self.pixels if not _is_inside(shown, *pixel[:2])]
        if self.size is not None and size != self.size:
            found.append(f"the size is {size[0]}x{size[1]}, not {self.size[0]}x{self.size[1]}")
        return found


def _image(picture: Picture, sheet: int) -> Image.Image:
    if picture.content_type == "application/pdf":
        return pypdfium2.PdfDocument(picture.body)[sheet - 1].render(scale=1).to_pil().convert("RGBA")
    return Image.open(io.BytesIO(picture.body)).convert("RGBA")


def _is_inside(shown: Image.Image, x: int, y: int) -> bool:
    return 0 <= x < shown.width and 0 <= y < shown.height


def _wrong_pixel(shown: Image.Image, x: int, y: int, colour: Colour, tolerance: int = TOLERANCE) -> str:
    found = shown.getpixel((x, y))
    assert isinstance(found, tuple)
    wanted = colour if len(colour) == 4 else (*colour, 255)
    near = all(abs(a - b) <= tolerance for a, b in zip(found, wanted, strict=True))
    return "" if near else f"{found} at {(x, y)}, not {wanted}"


def _wrong_word(picture: Picture, path: str, wanted: Any) -> str:
    found: Any = picture
    for name in path.split("."):
        found = _inside(found, name)
    right = str(found).endswith(wanted) if path == "final_url" else found == wanted
    return "" if right else f"{path} is {found!r}, not {wanted!r}"


def _inside(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value.get(name)
    return value[int(name)] if isinstance(value, list) else getattr(value, name)
