"""Takes the picture of a page that is ready: the right part of it, in one capture or in tiles, again if it is blank."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from renderer.page.area import Area, area_of
from renderer.page.far_frames import FarFrame, far_frames, with_far_frames
from renderer.page.navigation import load_again
from renderer.page.pdf import print_pdf
from renderer.page.picture_bytes import Extremes, is_blank, may_be_blank
from renderer.page.preparation import settle
from renderer.page.render_context import RenderContext
from renderer.page.screenshot import screenshot
from renderer.page.stillness import DATA_SECONDS, come_to_rest
from renderer.page.tiles import JpegJoiner, PngJoiner
from shutterstep.errors import SelectorNotFoundError

CONTENT_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp", "pdf": "application/pdf"}

# Larger pictures are taken in tiles, which limits the memory of Chromium and of this process; 64 MB at 4 bytes a pixel.
TILE_PIXELS = 16_000_000

# The height of a tile is a multiple of this, the height of a JPEG's blocks.
BLOCK = 16

# The share of the remaining time that a tile may take, so that the tiles taken so far become a picture in time.
# Chosen, not measured.
LAST_TILE_SHARE = 0.5

BLANK_SECONDS = 1.0

# How often a page that moved while it was captured is captured again, and the seconds that must be left for it. Chosen,
# not measured.
MOST_MOVES = 3
LEAST_SECONDS = 3.0
# Seconds in which a page answers how it moves; one that hangs is found by its capture.
ANSWER_SECONDS = 1.0
LONGEST_WAIT = 3600.0


@dataclass(frozen=True)
class Captured:
    """A picture's bytes, whether all of it has one colour, its area of the page, and whether it was taken in tiles."""

    body: bytes
    blank: bool
    area: Area | None
    is_tiled: bool = False


async def capture(context: RenderContext) -> bytes:
    """Returns the picture's bytes in the request's format.

    Raises TooLargeError for a picture beyond a limit, SelectorNotFoundError, InvalidRequestError for an invalid
    selector, and CaptureHungError when Chromium gives no frame.
    """
    if context.request["format"] == "pdf":
        return await print_pdf(context)
    if context.request["omitBackground"]:
        transparent = {"color": {"r": 0, "g": 0, "b": 0, "a": 0}}
        await context.page.session.send("Emulation.setDefaultBackgroundColorOverride", transparent)
    elif "html" in context.request and context.request["colorScheme"] == "dark":
        await context.run("canvas")
    shot = await _still_shot(context)
    if shot.blank:
        await context.within(LONGEST_WAIT, asyncio.sleep(BLANK_SECONDS))
        await load_again(context)
        await settle(context)
        shot = await _shot(context)
        context.findings.blank = shot.blank
    return shot.body


async def _still_shot(context: RenderContext) -> Captured:
    """Takes the picture, and once more when the page has rested if it moved meanwhile: most pages do not, so that only
    those which do wait for it."""
    shot = await _shot(context)
    for again in range(1, MOST_MOVES + 1):
        if shot.is_tiled or context.is_restless or not await _moved(context, shot.area):
            break
        context.is_restless = not await come_to_rest(context) or again == MOST_MOVES
        await settle(context)
        shot = await _shot(context)
    return shot


async def _moved(context: RenderContext, area: Area | None) -> bool:
    """Whether the page changed while it was captured, or asked for something that it will show."""
    if context.deadline.waiting_seconds() < LEAST_SECONDS:
        return False
    if context.traffic.awaits_data(DATA_SECONDS) and not context.is_polling:
        return True
    asking = asyncio.ensure_future(context.run_in_frames("moved"))
    if await context.within(ANSWER_SECONDS, asking) and asking.result() is not None:
        return True
    return "selector" in context.request and await _is_elsewhere(context, area)


async def _is_elsewhere(context: RenderContext, area: Area | None) -> bool:
    """Whether the element has moved since it was measured."""
    # One that has gone was there for the picture.
    with suppress(SelectorNotFoundError):
        measuring = asyncio.ensure_future(area_of(context))
        return await context.within(ANSWER_SECONDS, measuring) and measuring.result() != area
    return False


async def _shot(context: RenderContext) -> Captured:
    if context.is_restless and "selector" in context.request:
        pinning = context.run_in_frames("pin", {"selector": context.request["selector"]})
        await context.within(ANSWER_SECONDS, pinning)
    area, format_ = await area_of(context), context.request["format"]
    if area is not None and area.bottom() > context.request["viewport"]["height"]:
        await context.run("backdrops", area.bottom())
    frames = await far_frames(context, area) if area is not None else []
    if area is not None or not context.is_watched:
        await context.within(ANSWER_SECONDS, context.run_in_frames("watch"))
    if area is not None and format_ != "webp" and area.width * area.height > TILE_PIXELS:
        return await _tiled(context, area, frames)
    body = await screenshot(context, area, format_)
    if area is not None:
        body = await with_far_frames(body, area, frames, context.request.get("quality", 0))
    return Captured(body, may_be_blank(body) and await asyncio.to_thread(is_blank, body), area)


async def _tiled(context: RenderContext, area: Area, frames: list[FarFrame]) -> Captured:
    """Takes tile after tile and joins each before the next; ends early when the time or the bytes are used up."""
    request, extremes = context.request, Extremes()
    joiner = PngJoiner(request["omitBackground"]) if request["format"] == "png" else JpegJoiner(request["quality"])
    loop, longest = asyncio.get_running_loop(), 0.0
    for tile in area.tiles(max(BLOCK, TILE_PIXELS // area.width // BLOCK * BLOCK)):
        started = loop.time()
        if longest > context.deadline.remaining_ms() / 1000 * LAST_TILE_SHARE or joiner.size > context.limits.bytes:
            context.findings.truncated = True
            break
        image = await with_far_frames(await screenshot(context, tile, "png"), tile, frames, 0)
        await asyncio.to_thread(joiner.add, image, extremes)
        longest = max(longest, loop.time() - started)
    return Captured(await asyncio.to_thread(joiner.finish), extremes.are_one_colour(), area, is_tiled=True)
