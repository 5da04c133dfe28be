"""Takes the picture of a page that is ready: which part of it, in one capture or in tiles, and again if it is blank."""

import asyncio
import base64
from dataclasses import dataclass

from renderer.browser.protocol import Params
from renderer.page.navigation import load_again
from renderer.page.pdf import print_pdf
from renderer.page.picture_bytes import is_blank
from renderer.page.preparation import settle
from renderer.page.render_context import RenderContext
from renderer.page.tiles import TILE, join
from shutterstep.errors import InvalidRequestError, SelectorNotFoundError, TooLargeError

CONTENT_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp", "pdf": "application/pdf"}

# Chromium paints into textures of at most this many pixels a side; beyond it tiles are joined.
LONGEST_SIDE = 16_384

# A capture takes a tenth of these at the most, unless it hangs.
CAPTURE_SECONDS = 3.0
CAPTURE_SECONDS_A_PIXEL = 1e-6

BLANK_SECONDS = 1.0
LONGEST_WAIT = 3600.0


@dataclass(frozen=True)
class Area:
    """A part of the page, in CSS pixels from its top left corner; `beyond` says that the window does not hold it."""

    x: float
    y: float
    width: float
    height: float
    beyond: bool = True


async def capture(context: RenderContext) -> bytes:
    """The picture's bytes in the request's format.

    Raises TooLargeError, SelectorNotFoundError and InvalidRequestError.
    """
    if context.request["format"] == "pdf":
        return await print_pdf(context)
    if context.request["omitBackground"]:
        transparent = {"color": {"r": 0, "g": 0, "b": 0, "a": 0}}
        await context.page.session.send("Emulation.setDefaultBackgroundColorOverride", transparent)
    body = await _shot(context)
    if await _is_blank(body):
        await context.within(LONGEST_WAIT, asyncio.sleep(BLANK_SECONDS))
        await load_again(context)
        await settle(context)
        body = await _shot(context)
        context.findings.blank = await _is_blank(body)
    return body


async def _is_blank(body: bytes) -> bool:
    return await asyncio.to_thread(is_blank, body)


async def _shot(context: RenderContext) -> bytes:
    area = await _area(context)
    scale = context.request["viewport"]["deviceScaleFactor"]
    width, height = round(area.width * scale), round(area.height * scale)
    context.limits.check(width, height, context.request["format"])
    if max(width, height) <= LONGEST_SIDE:
        return await _screenshot(context, area, context.request["format"])
    if width > LONGEST_SIDE:
        raise TooLargeError(f"the picture would be {width} pixels wide; tiles are joined only in height")
    return await _tiled(context, area)


async def _area(context: RenderContext) -> Area:
    request, viewport = context.request, context.request["viewport"]
    if "clip" in request:
        return Area(**request["clip"])
    if "selector" in request:
        return await _element(context, request["selector"])
    if not request["fullPage"]:
        return Area(0, 0, viewport["width"], viewport["height"], beyond=False)
    width, height = await context.run("size")
    width, height = max(width, viewport["width"]), max(height, viewport["height"])
    limit = request.get("maxHeight")
    if limit is None and context.findings.grown:
        limit = context.limits.css_height(request)
    if limit is not None and height > limit:
        context.findings.truncated, height = True, limit
    return Area(0, 0, width, height)


async def _element(context: RenderContext, selector: str) -> Area:
    found = await context.run("element", selector)
    if found == "invalid":
        raise InvalidRequestError("selector: is no CSS selector", "selector")
    if found is None:
        raise SelectorNotFoundError(f"selector: the page has no element for {selector[:200]!r}")
    x, y, width, height = found
    if width < 1 or height < 1:
        raise SelectorNotFoundError(f"selector: the element for {selector[:200]!r} has no size")
    return Area(max(0, x), max(0, y), width, height)


async def _screenshot(context: RenderContext, area: Area, format_: str) -> bytes:
    options: Params = {"format": format_, "captureBeyondViewport": area.beyond}
    # Compression costs more than the bytes it saves: the fast PNG is about a tenth larger.
    options["optimizeForSpeed"] = format_ == "png"
    if format_ != "png":
        options["quality"] = context.request["quality"]
    if area.beyond:
        clip = {"x": area.x, "y": area.y, "width": area.width, "height": area.height}
        options["clip"] = {**clip, "scale": 1}
    return base64.b64decode((await _asked_twice(context, options))["data"])


async def _asked_twice(context: RenderContext, options: Params) -> Params:
    """A capture asked for while the page's process is being replaced may never come; asked again it does."""
    session = context.page.session
    clip = options.get("clip") or context.request["viewport"]
    patience = CAPTURE_SECONDS + clip["width"] * clip["height"] * CAPTURE_SECONDS_A_PIXEL
    try:
        half = context.deadline.remaining_ms() / 2000
        return await asyncio.wait_for(session.send("Page.captureScreenshot", options), min(patience, half))
    except TimeoutError:
        await session.send("Page.bringToFront")
        return await session.send("Page.captureScreenshot", options)


async def _tiled(context: RenderContext, area: Area) -> bytes:
    scale = context.request["viewport"]["deviceScaleFactor"]
    # Tiles begin and end on whole device pixels, so that no row comes twice or is blended.
    step = TILE / scale
    tiles, y = [], 0.0
    while y < area.height:
        part = Area(area.x, area.y + y, area.width, min(step, area.height - y))
        tiles.append(await _screenshot(context, part, "png"))
        y += step
    return await asyncio.to_thread(join, tiles, context.request["format"], context.request["quality"])
