"""Waits for the page's data and until its scripts rest, so that a chart that a script draws is pictured at its end."""

import asyncio
from contextlib import suppress

from renderer.browser.protocol import ProtocolError, Session
from renderer.page.render_context import RenderContext
from shutterstep.errors import RenderError

# No script ran for so long. One that draws runs for every frame, sixty times a second; one that loads may pause.
DRAWN_SECONDS = 0.06
STILL_SECONDS = 0.15
POLL_SECONDS = 0.02

# A page may ask for its content once it has loaded. Each answer is waited for so long, so that one which the server
# holds back does not hold the picture up; what a page asks for next, it asks for soon; and all of it has an end.
DATA_SECONDS = 2.0
NEXT_SECONDS = 0.06
ALL_DATA_SECONDS = 4.0

# Charts take a second. A game never rests, and is pictured after this.
DRAWING_SECONDS = 2.0
ASKED_SECONDS = 10.0

WAIT = "still"


async def be_still(context: RenderContext) -> None:
    """Waits for the scripts of the page and its frames to rest: of every page if the request asks for it, else only of
    one with a drawing in it, a large canvas or SVG."""
    if context.request["waitUntil"] == WAIT:
        await context.within(ASKED_SECONDS, _rest(context, STILL_SECONDS))
    elif await context.run_in_frames("draws"):
        await context.within(DRAWING_SECONDS, _rest(context, DRAWN_SECONDS))


async def data_comes(context: RenderContext) -> None:
    """Waits for data and scripts on their way, and for those they lead to; returns at once if there are none."""
    if context.traffic.awaits_data(DATA_SECONDS):
        await context.within(ALL_DATA_SECONDS, _nothing_is_on_its_way(context))


async def _nothing_is_on_its_way(context: RenderContext) -> None:
    still = 0.0
    while still < NEXT_SECONDS:
        await asyncio.sleep(POLL_SECONDS)
        # What came is known to the page's scripts only once they had their turn.
        await context.page.evaluate("() => null")
        still = 0.0 if context.traffic.awaits_data(DATA_SECONDS) else still + POLL_SECONDS


async def _rest(context: RenderContext, seconds: float) -> None:
    # Counted in answers of the page, not by the clock: on a busy machine frames come late, and so do the answers.
    known, still = 0.0, 0.0
    while still < seconds:
        now = await _script_seconds(context.page.session)
        still = 0.0 if now != known or context.traffic.is_fetching() else still + POLL_SECONDS
        known = now
        await asyncio.sleep(POLL_SECONDS)


async def _script_seconds(session: Session) -> float:
    """How long the scripts of the page and its frames have run; 0 when it is gone."""
    with suppress(ProtocolError, RenderError):
        await session.send("Performance.enable")
        metrics = (await session.send("Performance.getMetrics"))["metrics"]
        return next((metric["value"] for metric in metrics if metric["name"] == "ScriptDuration"), 0.0)
    return 0.0
