"""Takes pictures for tests with a browser, and measures colours in them; stack_studio takes them with a whole stack."""

import asyncio
import io
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image

from renderer.browser.chromium import Chromium, start_chromium
from renderer.egress.addresses import LOOPBACK, parse_policy
from renderer.page.render import Picture, render
from shutterstep.errors import RenderError

Image.MAX_IMAGE_PIXELS = None
Colour = tuple[int, ...]
RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)
MAGENTA, WHITE = (255, 0, 255), (255, 255, 255)


class Studio(ABC):
    """Takes pictures; each backend says how."""

    @abstractmethod
    def outcomes(self, *requests: dict[str, Any]) -> list[Picture | RenderError]:
        """Renders all requests at the same time; returns for each the picture, or the error with which it ended."""

    def pictures(self, *requests: dict[str, Any]) -> list[Picture]:
        outcomes = self.outcomes(*requests)
        for outcome in outcomes:
            if isinstance(outcome, RenderError):
                raise outcome
        return [outcome for outcome in outcomes if isinstance(outcome, Picture)]

    def picture(self, url: str, **options: Any) -> Picture:
        return self.pictures({"url": url, **options})[0]

    def error(self, url: str, **options: Any) -> RenderError:
        (outcome,) = self.outcomes({"url": url, **options})
        assert isinstance(outcome, RenderError), "it was a picture"
        return outcome


class BrowserStudio(Studio):
    """One warm browser of this machine, in a loop of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._browser: Chromium = self._do(start_chromium())

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(180)

    def close(self) -> None:
        self._do(self._browser.end())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def outcomes(self, *requests: dict[str, Any]) -> list[Picture | RenderError]:
        async def one(request: dict[str, Any]) -> Picture | RenderError:
            try:
                return await render(self._browser, request, parse_policy(LOOPBACK))
            except RenderError as exc:
                return exc

        async def all_of_them() -> list[Picture | RenderError]:
            return await asyncio.gather(*(one(request) for request in requests))

        return self._do(all_of_them())


@contextmanager
def open_browser_studio() -> Iterator[Studio]:
    studio = BrowserStudio()
    try:
        yield studio
    finally:
        studio.close()


def image(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.body)).convert("RGB")


def pixels(picture: Picture, *points: tuple[int, int]) -> list[Any]:
    shown = image(picture)
    return [shown.getpixel(point) for point in points]


def area_of(picture: Picture, colour: Colour) -> int:
    """How many pixels have exactly this colour."""
    shown = image(picture)
    counts = shown.getcolors(shown.width * shown.height) or []
    return sum(count for count, found in counts if found == colour)


def ink(shown: Image.Image, background: Colour = WHITE) -> int:
    """How many pixels are not background."""
    counts = shown.getcolors(shown.width * shown.height) or []
    return sum(count for count, found in counts if found != background)
