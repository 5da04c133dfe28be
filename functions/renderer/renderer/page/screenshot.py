"""Takes one capture with Chromium that the page does not notice, and never two of one page at a time."""

import asyncio
import base64
import os

from renderer.browser.protocol import Params
from renderer.page.area import Area
from renderer.page.render_context import RenderContext
from renderer.page.stay import DocumentGoneError
from shutterstep.errors import BrowserCrashedError

# Seconds, and seconds a pixel. On an idle machine a capture takes a tenth of these, even with filters over the whole
# page.
CAPTURE_SECONDS = 8.0
CAPTURE_SECONDS_A_PIXEL = 2e-6
POLL_SECONDS = 0.25
LONGEST_SHARE = 2 / 3


class CaptureHungError(BrowserCrashedError):
    """Chromium gave no frame for a capture.

    The page cannot be captured any more; another page of the same address can.
    """


async def screenshot(context: RenderContext, area: Area | None, format_: str) -> bytes:
    """Returns the area, or the window for None, as an image of this format.

    Raises CaptureHungError when no frame comes, and DocumentGoneError. `captureBeyondViewport` is never used: Chromium
    would lay out the page in a window of 1 x 1 for it. The flag `mainFrameClipsContent=false` lets a plain capture
    reach what lies outside the window.
    """
    options: Params = {"format": format_, "captureBeyondViewport": False}
    # Better compression costs more time than the bytes are worth: the fast PNG is about a tenth larger.
    options["optimizeForSpeed"] = format_ == "png"
    if format_ != "png":
        options["quality"] = context.request["quality"]
    if area is not None:
        options["clip"] = area.clip()
    answer = context.page.session.post("Page.captureScreenshot", options)
    # A second capture beside a slow one would change Chromium's settings, and the picture would repeat the window. So a
    # document is captured only once.
    loop = asyncio.get_running_loop()
    until = loop.time() + _patience(context, area)
    while not (await asyncio.wait({answer}, timeout=POLL_SECONDS))[0]:
        if context.documents.loader != context.document:
            # The awaited frame may have gone with its process.
            raise DocumentGoneError
        if loop.time() > until:
            raise CaptureHungError("the browser took no picture of the page")
    return base64.b64decode(answer.result()["data"])


def _patience(context: RenderContext, area: Area | None) -> float:
    viewport = context.request["viewport"]
    window = viewport["width"] * viewport["height"] * viewport["deviceScaleFactor"] ** 2
    pixels = window if area is None else area.width * area.height
    alone = CAPTURE_SECONDS + pixels * CAPTURE_SECONDS_A_PIXEL
    # A new page needs the remaining time.
    most = context.deadline.remaining_ms() / 1000 * LONGEST_SHARE
    return max(alone, min(alone * machine_load(), most))


def machine_load() -> float:
    """Returns how many times longer a process takes on this machine now than if it ran alone, at least 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
