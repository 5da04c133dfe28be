"""Takes the picture of a page that has come."""

import base64

from renderer.cdp import Params
from renderer.chromium_page import ChromiumPage
from shutterstep.errors import TooLargeError
from shutterstep.request import Request

# Chromium paints into textures of at most this many pixels a side; beyond it a picture repeats or stays white.
LONGEST_SIDE = 16_384

CONTENT_TYPES = {"png": "image/png", "jpeg": "image/jpeg"}

DOCUMENT_SIZE = """() => {
    const root = document.documentElement, body = document.body;
    return [Math.max(root.scrollWidth, body?.scrollWidth ?? 0), Math.max(root.scrollHeight, body?.scrollHeight ?? 0)];
}"""


async def capture(page: ChromiumPage, request: Request) -> bytes:
    """The picture's bytes in the request's format. Raises TooLargeError and the errors of the page's session."""
    width, height = await _size(page, request)
    # Compression costs more than the bytes it saves: the fast PNG is about a tenth larger.
    options: Params = {"format": request["format"], "optimizeForSpeed": request["format"] == "png"}
    if request["format"] == "jpeg":
        options["quality"] = request.get("quality", 80)
    if request["fullPage"]:
        options["captureBeyondViewport"] = True
        options["clip"] = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    return base64.b64decode((await page.session.send("Page.captureScreenshot", options))["data"])


async def _size(page: ChromiumPage, request: Request) -> tuple[int, int]:
    viewport = request["viewport"]
    sides = [viewport["width"], viewport["height"]]
    if request["fullPage"]:
        sides = [max(pair) for pair in zip(sides, await page.evaluate(DOCUMENT_SIZE), strict=True)]
    longest = round(max(sides) * viewport["deviceScaleFactor"])
    if longest > LONGEST_SIDE:
        raise TooLargeError(f"the picture would be {longest} pixels long; the limit is {LONGEST_SIDE}")
    return sides[0], sides[1]
