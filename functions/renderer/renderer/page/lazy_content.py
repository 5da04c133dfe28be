"""Loads lazy content before a picture of more than the window, and finds where an endless page is cut."""

import asyncio
import math

from renderer.page.emulation import metrics
from renderer.page.render_context import RenderContext

# The share of the remaining waiting time that scrolling may take. Chosen, not measured.
SHARE = 0.6
BOTTOM_SECONDS = 0.15
GROWING_SECONDS = 0.6
FETCH_SECONDS = 3.0
# A window for a list that holds only the rows in view, in CSS pixels.
TALLEST = 20_000


async def load_lazy(context: RenderContext) -> None:
    """Scrolls down to `maxHeight`, the limit or the end, and back to the top; notes whether the page was cut."""
    if not shows_more_than_the_window(context):
        return
    loop = asyncio.get_running_loop()
    until = loop.time() + context.deadline.waiting_seconds() * SHARE
    limit = context.limits.css_height(context.request)
    limit = min(context.request.get("maxHeight", limit), limit)
    first, height, hidden = await _scroll(context, limit, until)
    is_whole = context.request["fullPage"] or context.request["format"] == "pdf"
    while height < limit and loop.time() < until and is_whole:
        await _comes_to_rest(context, has_grown=height > first)
        _, after, hidden = await _scroll(context, limit, until)
        if after <= height:
            break
        height = after
    context.findings.truncated = hidden or (height > first and (height > limit or loop.time() >= until))
    await context.run("top", {"limit": limit, "milliseconds": _milliseconds(until) if is_whole else 0})
    if is_whole:
        await _keep_rows(context, limit)


async def _keep_rows(context: RenderContext, limit: float) -> None:
    """Shows all rows of a list that holds only those in view: in a window as tall as the page, which sees a resize."""
    height = await context.run("lost_rows")
    if height is None:
        return
    resize = "Emulation.setDeviceMetricsOverride"
    tall = {"height": math.ceil(min(height, limit, TALLEST))}
    await context.page.session.send(resize, metrics(context.request) | tall)
    try:
        await context.run("keep_rows", {"isBack": False})
    finally:
        await context.page.session.send(resize, metrics(context.request))
    await context.run("keep_rows", {"isBack": True})


def shows_more_than_the_window(context: RenderContext) -> bool:
    """Whether the request shows more of the page than its window: the whole page, a part of it, or a PDF."""
    request = context.request
    return request["fullPage"] or "selector" in request or "clip" in request or request["format"] == "pdf"


async def _scroll(context: RenderContext, limit: float, until: float) -> tuple[float, float, bool]:
    """Scrolls down to the bottom, the limit or the time.

    Returns the height before and after, in CSS pixels, and whether a box hides more.
    """
    bounds = {"limit": limit, "milliseconds": _milliseconds(until)}
    hidden = await context.run("reveal", {**bounds, "unroll": context.request["fullPage"]})
    before, after = await context.run("scroll", {**bounds, "milliseconds": _milliseconds(until)}, "reaction")
    return before, after, bool(hidden)


def _milliseconds(until: float) -> float:
    return max(0, until - asyncio.get_running_loop().time()) * 1000


async def _comes_to_rest(context: RenderContext, *, has_grown: bool) -> None:
    """Gives scripts at the bottom time to ask for more content, and that content time to arrive."""
    await asyncio.sleep(GROWING_SECONDS if has_grown else BOTTOM_SECONDS)
    waiting = asyncio.ensure_future(_nothing_fetched(context))
    await context.within(FETCH_SECONDS, waiting)


async def _nothing_fetched(context: RenderContext) -> None:
    while context.traffic.is_fetching():
        await asyncio.sleep(0.05)
