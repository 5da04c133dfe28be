"""Takes the picture of a page that has come."""

from playwright.async_api import Page

from renderer.deadline import Deadline
from shutterstep.errors import TooLargeError
from shutterstep.request import Request

# Chromium paints into textures of at most this many pixels a side; beyond it a picture repeats or stays white.
LONGEST_SIDE = 16_384

CONTENT_TYPES = {"png": "image/png", "jpeg": "image/jpeg"}

DOCUMENT_SIZE = """() => {
    const root = document.documentElement, body = document.body;
    return [Math.max(root.scrollWidth, body?.scrollWidth ?? 0), Math.max(root.scrollHeight, body?.scrollHeight ?? 0)];
}"""


async def capture(page: Page, request: Request, deadline: Deadline) -> bytes:
    """The picture's bytes in the request's format. Raises TooLargeError and Playwright's errors."""
    await _check_size(page, request)
    quality = request.get("quality", 80) if request["format"] == "jpeg" else None
    return await page.screenshot(
        type=request["format"],
        quality=quality,
        full_page=request["fullPage"],
        timeout=deadline.remaining_ms(),
    )


async def _check_size(page: Page, request: Request) -> None:
    viewport = request["viewport"]
    sides = [viewport["width"], viewport["height"]]
    if request["fullPage"]:
        sides = [max(pair) for pair in zip(sides, await page.evaluate(DOCUMENT_SIZE), strict=True)]
    longest = round(max(sides) * viewport["deviceScaleFactor"])
    if longest > LONGEST_SIDE:
        raise TooLargeError(f"the picture would be {longest} pixels long; the limit is {LONGEST_SIDE}")
