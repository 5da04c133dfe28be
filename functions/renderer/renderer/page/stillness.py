"""Waits for the page's data and until its scripts rest, so that charts drawn by scripts are complete."""

import asyncio
from contextlib import suppress

from renderer.browser.protocol import ProtocolError, Session
from renderer.page.render_context import RenderContext
from renderer.page.screenshot import machine_load
from shutterstep.errors import RenderError

# Seconds without a running script. A drawing script runs in every frame, 60 times a second; a loading one may pause.
# Measured on 63 pages: docs/decisions/0013-when-a-page-is-ready.md.
DRAWN_SECONDS = 0.06
STILL_SECONDS = 0.15
POLL_SECONDS = 0.02
# Frames in which a drawing script would have run again. Chosen, not measured.
FRAMES = 3
# How many times longer a busy machine makes the rest at most. Chosen, not measured.
MOST_LOAD = 4.0

# Seconds. A page may request content after it has loaded. DATA_SECONDS limits the wait for one answer, so that a server
# that holds it back does not hold up the picture; NEXT_SECONDS is the time for a following request; ALL_DATA_SECONDS is
# the limit for all of them, and POLLING_SECONDS that of later waits for a page that reached it. Chosen, not measured.
DATA_SECONDS = 2.0
NEXT_SECONDS = 0.06
ALL_DATA_SECONDS = 4.0
POLLING_SECONDS = 0.5

# Seconds. Charts take about one second. Games never rest, and are pictured after this time.
DRAWING_SECONDS = 2.0
ASKED_SECONDS = 10.0

WAIT = "still"


async def be_still(context: RenderContext) -> None:
    """Waits for the scripts of the page and its frames to rest.

    It waits on every page if the request asks for it, else only on a page with a drawing, a large canvas or SVG.
    """
    if context.request["waitUntil"] == WAIT:
        await context.within(ASKED_SECONDS, _rest(context, STILL_SECONDS, with_pictures=False))
        return
    drawing = await context.run_in_frames("draws")
    if drawing is not None:
        context.is_restless = not await come_to_rest(context, with_pictures=drawing == "canvas")


async def come_to_rest(context: RenderContext, *, with_pictures: bool = False) -> bool:
    """Waits for the scripts to rest on any page, and for the pictures they load if asked; returns whether they did."""
    return await context.within(DRAWING_SECONDS, _rest(context, DRAWN_SECONDS, with_pictures=with_pictures))


async def data_comes(context: RenderContext) -> None:
    """Waits for data and scripts being loaded, and for those they lead to; returns at once if there are none."""
    if context.traffic.awaits_data(DATA_SECONDS):
        seconds = POLLING_SECONDS if context.is_polling else ALL_DATA_SECONDS
        context.is_polling = not await context.within(seconds, _nothing_is_on_its_way(context))


async def _nothing_is_on_its_way(context: RenderContext) -> None:
    still = 0.0
    while still < NEXT_SECONDS:
        await asyncio.sleep(POLL_SECONDS)
        # The page's scripts know about received data only after they had a chance to run.
        await context.page.evaluate("() => null")
        still = 0.0 if context.traffic.awaits_data(DATA_SECONDS) else still + POLL_SECONDS


async def _rest(context: RenderContext, seconds: float, *, with_pictures: bool) -> None:
    """Waits until no script has run for these seconds and none waits for data.

    A script may also draw pictures that it loads, such as a map's; no element shows that they are missing.
    """
    await _no_script_runs(context, seconds, with_pictures=with_pictures)
    # A busy machine paints fewer frames, so a script that draws in every frame also pauses for longer, now and then for
    # longer than in one frame that is measured.
    pause = max(FRAMES * await _frame_seconds(context), seconds * min(machine_load(), MOST_LOAD))
    if pause > seconds:
        await _no_script_runs(context, pause, with_pictures=with_pictures)


async def _frame_seconds(context: RenderContext) -> float:
    """Returns the seconds until the browser has painted another frame."""
    begin = context.deadline.clock()
    await context.page.evaluate("() => new Promise(requestAnimationFrame)")
    return context.deadline.clock() - begin


async def _no_script_runs(context: RenderContext, seconds: float, *, with_pictures: bool) -> None:
    # Counted in answers of the page instead of time: a busy machine answers late.
    known, still = 0.0, 0.0
    while still < seconds:
        now = await _script_seconds(context.page.session)
        is_waiting = context.traffic.is_fetching() or (with_pictures and context.traffic.awaits_pictures(DATA_SECONDS))
        still = 0.0 if now != known or is_waiting else still + POLL_SECONDS
        known = now
        await asyncio.sleep(POLL_SECONDS)


async def _script_seconds(session: Session) -> float:
    """Returns the seconds for which scripts of the page and its frames have run; 0 when the page is gone."""
    with suppress(ProtocolError, RenderError):
        await session.send("Performance.enable")
        metrics = (await session.send("Performance.getMetrics"))["metrics"]
        return next((metric["value"] for metric in metrics if metric["name"] == "ScriptDuration"), 0.0)
    return 0.0
