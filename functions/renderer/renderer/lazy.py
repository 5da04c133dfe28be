"""Scrolls lazy content into view before a picture of more than the window, and knows where a page without end stops."""

import asyncio

from renderer.tab import Tab

# Of the time that is left for waiting, what scrolling may take.
SHARE = 0.6
BOTTOM_SECONDS = 0.15
GROWING_SECONDS = 0.6
FETCH_SECONDS = 3.0


async def load_lazy(tab: Tab) -> None:
    """Scrolls down to `maxHeight`, the limit or the end, and back to the top; notes a page that was cut."""
    if not (tab.request["fullPage"] or "selector" in tab.request or "clip" in tab.request):
        return
    loop = asyncio.get_running_loop()
    until = loop.time() + tab.deadline.waiting_seconds() * SHARE
    limit = min(tab.request.get("maxHeight", tab.limits.css_height(tab.request)), tab.limits.css_height(tab.request))
    first, height = await _scroll(tab, limit, until)
    while height < limit and loop.time() < until and tab.request["fullPage"]:
        await _comes_to_rest(tab, has_grown=height > first)
        _, after = await _scroll(tab, limit, until)
        if after <= height:
            break
        height = after
    tab.findings.grown = height > first
    tab.findings.truncated = tab.findings.grown and (height > limit or loop.time() >= until)
    await tab.run("top")


async def _scroll(tab: Tab, limit: float, until: float) -> tuple[float, float]:
    """The height before and after scrolling down to the bottom, the limit or the time."""
    milliseconds = max(0, until - asyncio.get_running_loop().time()) * 1000
    return tuple(await tab.run("scroll", {"limit": limit, "milliseconds": milliseconds}))


async def _comes_to_rest(tab: Tab, *, has_grown: bool) -> None:
    """Gives scripts at the bottom the time to ask for more, and what they asked for the time to come."""
    await asyncio.sleep(GROWING_SECONDS if has_grown else BOTTOM_SECONDS)
    waiting = asyncio.ensure_future(_nothing_fetched(tab))
    await tab.within(FETCH_SECONDS, waiting)


async def _nothing_fetched(tab: Tab) -> None:
    while tab.traffic.is_fetching():
        await asyncio.sleep(0.05)
