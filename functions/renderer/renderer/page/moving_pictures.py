"""Holds pictures that move on their own: GIFs at their first frame, SVGs where animations of the page would stand."""

import asyncio
import base64
import re
from contextlib import suppress

from renderer.browser.protocol import ProtocolError
from renderer.page.render_context import RenderContext
from renderer.page.traffic import MOVING, PNG
from shutterstep.errors import RenderError

# Seconds for all of them.
STILL_SECONDS = 2.0
MOVES = re.compile(r"<(?:\w+:)?(?:animate|set\b)|@(?:-webkit-)?keyframes")


def moving_selector(context: RenderContext) -> str:
    """The selector of the elements that may show a picture that moves; empty if no such picture came.

    The property is inherited. Most pages have a PNG and next to none has one that moves, so for these only pictures are
    styled: a style for the root costs a new style of each element.
    """
    types = context.traffic.picture_types
    if types & MOVING:
        return ":root"
    return "img" if PNG in types else ""


async def hold_drawings(context: RenderContext) -> bool:
    """Replaces the SVG pictures that move by stills; asks the page only if there are SVG pictures, and returns that."""
    if context.traffic.svgs:
        await context.within(STILL_SECONDS, _hold(context))
    return bool(context.traffic.svgs)


async def _hold(context: RenderContext) -> None:
    svgs = list(context.traffic.svgs.items())
    sources = await asyncio.gather(*(_source(context, request) for request, _ in svgs))
    moving = {address: source for (_, address), source in zip(svgs, sources, strict=True) if MOVES.search(source)}
    if moving:
        await context.run_in_frames("stills", {"pictures": moving})


async def _source(context: RenderContext, request: str) -> str:
    """The text of a picture that the page has loaded; empty if Chromium no longer has it."""
    with suppress(ProtocolError, RenderError, ValueError):
        answer = await context.page.session.send("Network.getResponseBody", {"requestId": request})
        return base64.b64decode(answer["body"]).decode() if answer["base64Encoded"] else answer["body"]
    return ""
