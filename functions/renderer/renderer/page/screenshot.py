"""One capture by Chromium, of which the page notices nothing, and never two of one page at a time."""

import asyncio
import base64
import os

from renderer.browser.protocol import Params
from renderer.page.area import Area
from renderer.page.render_context import RenderContext
from renderer.page.stay import DocumentGoneError
from shutterstep.errors import BrowserCrashedError

# On a quiet machine a capture takes a tenth of these, filters over the whole page included.
CAPTURE_SECONDS = 8.0
CAPTURE_SECONDS_A_PIXEL = 2e-6
POLL_SECONDS = 0.25
LONGEST_SHARE = 2 / 3


class CaptureHungError(BrowserCrashedError):
    """No frame came for a capture; the page cannot be captured any more, another page of the same address can."""


async def screenshot(context: RenderContext, area: Area | None, format_: str) -> bytes:
    """The area, or the window when there is none, as an image of this format. Raises CaptureHungError
    and DocumentGoneError.

    `captureBeyondViewport` is never asked for: Chromium would lay the page out in a window of 1 x 1 for it. The flag
    `mainFrameClipsContent=false` lets a plain capture reach what lies outside the window.
    """
    options: Params = {"format": format_, "captureBeyondViewport": False}
    # Compression costs more than the bytes it saves: the fast PNG is about a tenth larger.
    options["optimizeForSpeed"] = format_ == "png"
    if format_ != "png":
        options["quality"] = context.request["quality"]
    if area is not None:
        options["clip"] = area.clip()
    answer = context.page.session.post("Page.captureScreenshot", options)
    # A second capture beside one that only is slow would take Chromium's settings from under it, and show the window
    # repeated over the picture. So nothing is asked again of a document.
    loop = asyncio.get_running_loop()
    until = loop.time() + _patience(context, area)
    while not (await asyncio.wait({answer}, timeout=POLL_SECONDS))[0]:
        if context.documents.loader != context.document:
            # The frame that is awaited may have gone with its process.
            raise DocumentGoneError
        if loop.time() > until:
            raise CaptureHungError("the browser took no picture of the page")
    return base64.b64decode(answer.result()["data"])


def _patience(context: RenderContext, area: Area | None) -> float:
    viewport = context.request["viewport"]
    window = viewport["width"] * viewport["height"] * viewport["deviceScaleFactor"] ** 2
    pixels = window if area is None else area.width * area.height
    alone = CAPTURE_SECONDS + pixels * CAPTURE_SECONDS_A_PIXEL
    # Another page needs the rest of the time.
    most = context.deadline.remaining_ms() / 1000 * LONGEST_SHARE
    return max(alone, min(alone * _load(), most))


def _load() -> float:
    """How many times longer than alone a process takes on this machine now, 1 at least."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
